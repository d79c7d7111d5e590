import type { DrillDetailDto } from "#lib/contracts/drills";
import { isDrillOpen } from "#lib/domain/drill-state";

type Drill = Pick<DrillDetailDto, "clock" | "state" | "activeRunId" | "pausedAt">;
export type LiveClock = {
  /** From the start of the restore to the end, or now, with pauses and people; null before it started. */
  readonly elapsedMs: number | null;
  readonly machineMs: number;
  readonly pausedMs: number;
  readonly isRunning: boolean;
  /** Share of the objective that is used up, above 1 when it is missed; null without objective or start. */
  readonly share: number | null;
};

/**
 * The recovery clock at `now`: what the server measured, and the time that went by in this browser since its answer (`answeredAt`, both in
 * milliseconds), so that the two clocks need not agree.
 */
export function liveClock({ clock, state, activeRunId, pausedAt }: Drill, answeredAt: number, now: number): LiveClock {
  const isRunning = clock.startedAt !== null && clock.stoppedAt === null && isDrillOpen(state);
  const since = isRunning ? Math.max(0, now - answeredAt) : 0;
  const elapsedMs = clock.elapsedMs === null ? null : clock.elapsedMs + since;
  const works = activeRunId !== null && (state === "restoring" || state === "validating");
  return {
    elapsedMs,
    machineMs: clock.machineMs + (works ? since : 0),
    pausedMs: clock.pausedMs + (pausedAt === null ? 0 : since),
    isRunning,
    share: elapsedMs === null || clock.recoveryTimeSeconds === null ? null : elapsedMs / (clock.recoveryTimeSeconds * 1000),
  };
}

/** Good until three quarters of the objective are used, then a warning, then missed. */
export function clockTone(share: number | null): "accent" | "good" | "warn" | "bad" {
  if (share === null) return "accent";
  if (share > 1) return "bad";
  return share > 0.75 ? "warn" : "good";
}
