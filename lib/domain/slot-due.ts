import type { MissedPolicy, SlotReason } from "./schedule-task.ts";

const minuteMs = 60_000;
/** Within this a slot counts as found in time: a restart takes so long. */
const graceMs = 5 * minuteMs;
/** How long a slot may wait when nothing says how long. */
export const longestWaitMs = 7 * 24 * 60 * minuteMs;

/** What a schedule says about its slots. Instants in milliseconds. */
export type SlotRule = {
  readonly scheduleId: string;
  readonly windowMinutes: number | null;
  readonly jitterSeconds: number;
  readonly onMissed: MissedPolicy;
};

export type Pauses = {
  readonly scheduleUntil: number | null;
  readonly source: { readonly since: number; readonly until: number | null } | null;
};

/** One nominal time that has come, as its row begins. */
export type DueSlot = {
  readonly nominalAt: number;
  readonly state: "waiting" | "missed" | "skipped";
  readonly reason: SlotReason | null;
  readonly late: boolean;
  readonly startAt: number;
  readonly expiresAt: number;
};

export type DueTimes = {
  readonly rule: SlotRule;
  /** Ascending. */
  readonly nominals: readonly number[];
  /** The start after the last of them; null: none. */
  readonly next: number | null;
  readonly now: number;
  readonly pauses: Pauses;
  /** Why those that nobody saw in time were not seen. */
  readonly cause: "not-running" | "clock-jump";
};

/**
 * What becomes of the nominal times of one schedule that have come. Of several only the newest may still start: in time, or as the one catch-up; the others
 * were missed.
 */
export function slotsOfDue(due: DueTimes): DueSlot[] {
  return due.nominals.map((nominalAt, index) => slotOf(due, nominalAt, due.nominals[index + 1] ?? due.next));
}

function slotOf({ rule, now, pauses, cause }: DueTimes, nominalAt: number, nextAt: number | null): DueSlot {
  const isNewest = nextAt === null || nextAt > now;
  const still = { nominalAt, late: false, startAt: nominalAt, expiresAt: endOfWindow(rule, nominalAt, nextAt) };
  const pause = pauseAt(pauses, nominalAt, isNewest);
  if (pause !== null) return { ...still, state: "skipped", reason: pause };
  if (!isNewest) return { ...still, state: "missed", reason: cause };
  const inTime = nominalAt + (rule.windowMinutes === null ? graceMs : rule.windowMinutes * minuteMs);
  const jitterMs = jitterOf(rule.scheduleId, nominalAt, rule.jitterSeconds);
  if (now <= inTime) {
    const room = Math.floor((still.expiresAt - nominalAt) / 2);
    return { ...still, state: "waiting", reason: null, startAt: nominalAt + Math.min(jitterMs, room) };
  }
  if (rule.onMissed === "skip") return { ...still, state: "missed", reason: cause };
  const expiresAt = nextAt ?? now + longestWaitMs;
  const startAt = now + Math.min(jitterMs, Math.floor((expiresAt - now) / 2));
  return { nominalAt, state: "waiting", reason: cause, late: true, startAt, expiresAt };
}

/** A slot never waits beyond the next one of its schedule. */
function endOfWindow(rule: SlotRule, nominalAt: number, nextAt: number | null): number {
  const byWindow = nominalAt + (rule.windowMinutes === null ? longestWaitMs : rule.windowMinutes * minuteMs);
  if (nextAt === null) return byWindow;
  return rule.windowMinutes === null ? nextAt : Math.min(byWindow, nextAt);
}

/** Whether a nominal time lies in a pause. One from before a source's pause that could only start now is kept back by it, too. */
function pauseAt(pauses: Pauses, nominalAt: number, isNewest: boolean): "paused" | "source-paused" | null {
  if (pauses.scheduleUntil !== null && pauses.scheduleUntil > nominalAt) return "paused";
  const { source } = pauses;
  if (source === null || (source.until !== null && source.until <= nominalAt)) return null;
  return source.since <= nominalAt || isNewest ? "source-paused" : null;
}

/**
 * By how much a slot is put off, in milliseconds: spread evenly over 0 to `jitterSeconds`, and always the same for the same slot, whoever works it out
 * (FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/).
 */
export function jitterOf(scheduleId: string, nominalAt: number, jitterSeconds: number): number {
  if (jitterSeconds === 0) return 0;
  let hash = 0x811c9dc5;
  for (const char of `${scheduleId}/${nominalAt}`) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  // The low bits of FNV alone follow the last digits.
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((mixed ^ (mixed >>> 13)) >>> 0) % (jitterSeconds * 1000 + 1);
}
