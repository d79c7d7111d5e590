import type { DrillDetailDto } from "#lib/contracts/drills";
import { pauseWithin } from "#lib/domain/drill-clock";
import type { DrillRow } from "./rows.ts";

type Clock = DrillDetailDto["clock"];

/** The recovery clock of a drill as it stands at `now`; a pause that goes on is counted up to now. */
export function clockOf(drill: DrillRow, now: Date): Clock {
  const { clockStartedAt: startedAt, clockStoppedAt: stoppedAt } = drill;
  // An end without a verdict ends the clock, too: it does not count on for years.
  const until = stoppedAt ?? drill.closedAt ?? now;
  const open = drill.pausedAt === null ? 0 : pauseWithin({ from: drill.pausedAt, to: until }, { startedAt, stoppedAt });
  return {
    startedAt: startedAt?.toISOString() ?? null,
    stoppedAt: stoppedAt?.toISOString() ?? null,
    elapsedMs: startedAt === null ? null : Math.max(0, until.getTime() - startedAt.getTime()),
    machineMs: drill.machineMs,
    pausedMs: drill.pausedMs + open,
    recoveryTimeSeconds: drill.recoveryTimeSeconds,
    recoveryPointSeconds: drill.recoveryPointSeconds,
    actualRecoveryPointSeconds:
      drill.backup === null ? null : Math.ceil(Math.max(0, drill.startedAt.getTime() - Date.parse(drill.backup.snapshotAt)) / 1000),
  };
}

/** What a pause that ends at `now` adds to the time that the clock ran while nothing was done. */
export function pausedMsAfter(drill: DrillRow, now: Date): number {
  if (drill.pausedAt === null) return drill.pausedMs;
  const clock = { startedAt: drill.clockStartedAt, stoppedAt: drill.clockStoppedAt };
  return drill.pausedMs + Math.round(pauseWithin({ from: drill.pausedAt, to: now }, clock));
}
