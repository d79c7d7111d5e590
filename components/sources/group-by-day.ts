import type { BackupDto } from "#lib/contracts/backups";
import { dayKey } from "#lib/format/time";

export type DayGroup = { readonly day: string; readonly points: readonly BackupDto[] };

/** Restore points by day in the reader's zone, newest day and newest point first. Only what can be restored is a restore point. */
export function groupByDay(backups: readonly BackupDto[], timeZone: string): DayGroup[] {
  const points = backups.filter(isRestorePoint).toSorted((a, b) => b.snapshotAt.localeCompare(a.snapshotAt));
  return [...Map.groupBy(points, ({ snapshotAt }) => dayKey(snapshotAt, timeZone)).entries()].map(([day, found]) => ({
    day,
    points: found,
  }));
}

function isRestorePoint({ state, meter }: BackupDto): boolean {
  return state === "available" && meter.stored.state === "yes" && meter.verified.state !== "failed";
}
