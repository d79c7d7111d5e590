import type { MissedPolicy, OverlapPolicy, SlotReason } from "./schedule-task.ts";
import { longestWaitMs } from "./slot-due.ts";

/** A slot whose time to start has come. Instants in milliseconds. */
export type OpenSlot = { readonly expiresAt: number; readonly late: boolean; readonly reason: SlotReason | null };

/** The schedule as it is now. `nextAt`: its next nominal time, null when none comes any more. */
export type LiveRule = {
  readonly enabled: boolean;
  readonly pausedUntil: number | null;
  readonly onMissed: MissedPolicy;
  readonly onOverlap: OverlapPolicy;
  readonly nextAt: number | null;
};

export type Settled = { readonly act: "settle"; readonly state: "missed" | "skipped"; readonly reason: SlotReason };
type StillOpen = { readonly late: boolean; readonly expiresAt: number; readonly reason: SlotReason | null };

export type StartDecision = Settled | ({ readonly act: "start" } & StillOpen) | ({ readonly act: "wait" } & StillOpen);

/**
 * What becomes of a waiting slot at `now`. `rule` is null when its schedule is gone. `isBlocked`: an earlier run of the source goes on. A slot whose window
 * is over is caught up once, late, until the next one of its schedule, where the schedule says so; else it is missed.
 */
export function decideStart(facts: {
  readonly now: number;
  readonly slot: OpenSlot;
  readonly rule: LiveRule | null;
  readonly isSourcePaused: boolean;
  readonly isBlocked: boolean;
  /** The catch-up of a stronger kind stands for this one. */
  readonly isCovered: boolean;
  /** A later nominal time of the schedule has come: its slot stands for both. */
  readonly hasSuccessor: boolean;
  /** Some worker of its group is there. */
  readonly hasWorker: boolean;
}): StartDecision {
  const { now, slot, rule, isBlocked } = facts;
  if (rule === null || !rule.enabled || (rule.pausedUntil ?? 0) > now) return { act: "settle", state: "skipped", reason: "paused" };
  if (facts.isSourcePaused) return { act: "settle", state: "skipped", reason: "source-paused" };
  if (facts.hasSuccessor) return { act: "settle", state: "missed", reason: slot.reason ?? (isBlocked ? "run-active" : "window-over") };
  const open = keepOpen(now, slot, rule, "window-over");
  if (open === null || facts.isCovered) return { act: "settle", state: "missed", reason: slot.reason ?? "window-over" };
  // Nobody took its run the last time; another one that nobody takes would only stand in the way.
  if (slot.reason === "no-worker" && !facts.hasWorker) return { act: "wait", ...open, reason: "no-worker" };
  if (!isBlocked) return { act: "start", ...open, reason: open.late ? open.reason : null };
  if (rule.onOverlap === "skip") return { act: "settle", state: "skipped", reason: "run-active" };
  return { act: "wait", ...open, reason: open.reason ?? "run-active" };
}

/** So long a run may wait for a worker of a group that has none, in milliseconds: longer than a worker takes to start again. */
export const desertedMs = 15 * 60_000;

/**
 * What becomes of a slot whose run still waits for a worker: at the end of its window the run goes on waiting as a catch-up, or is called off and the slot is
 * missed. Where its group has no worker (`hasWorker` false), the run is called off before, and the slot waits for one without it.
 * `hasSuccessor`: as for `decideStart`.
 */
export function decideQueued(facts: {
  readonly now: number;
  readonly slot: OpenSlot;
  readonly rule: LiveRule | null;
  readonly hasWorker: boolean;
  readonly hasSuccessor: boolean;
}): Settled | ({ readonly act: "wait" | "put-back" } & StillOpen) {
  const reason: SlotReason = facts.hasWorker ? "window-over" : "no-worker";
  const open = facts.rule === null || facts.hasSuccessor ? null : keepOpen(facts.now, facts.slot, facts.rule, reason);
  if (open === null) return { act: "settle", state: "missed", reason: facts.slot.reason ?? reason };
  return facts.hasWorker ? { act: "wait", ...open } : { act: "put-back", ...open, reason };
}

/** The slot as it stays open, prolonged once where its window is over; null when it is not to start any more. */
function keepOpen(now: number, slot: OpenSlot, rule: LiveRule, reason: SlotReason): StillOpen | null {
  if (now < slot.expiresAt) return slot;
  if (slot.late || rule.onMissed === "skip" || (rule.nextAt !== null && rule.nextAt <= now)) return null;
  return { late: true, expiresAt: rule.nextAt ?? now + longestWaitMs, reason: slot.reason ?? reason };
}

export type EndDecision =
  | { readonly state: "done" }
  | { readonly state: "failed" }
  | { readonly state: "waiting"; readonly startAt: number };

/**
 * What becomes of a slot whose run has ended. A failed one is tried again `retryMinutes` after its end, each further time twice as long after, while
 * `retries` and the window allow it; one that somebody cancelled is not. `rule` null: the schedule is gone or off.
 */
export function decideEnd(facts: {
  readonly run: { readonly state: "succeeded" | "failed" | "cancelled"; readonly finishedAt: number };
  readonly slot: { readonly attempt: number; readonly expiresAt: number };
  readonly rule: { readonly retries: number; readonly retryMinutes: number } | null;
}): EndDecision {
  const { run, slot, rule } = facts;
  if (run.state === "succeeded") return { state: "done" };
  if (run.state === "cancelled" || rule === null || slot.attempt >= rule.retries) return { state: "failed" };
  const startAt = run.finishedAt + rule.retryMinutes * 60_000 * 2 ** slot.attempt;
  return startAt < slot.expiresAt ? { state: "waiting", startAt } : { state: "failed" };
}
