import { and, eq, inArray } from "drizzle-orm";
import { startsBetween } from "#lib/cron/starts";
import type { Transaction } from "#lib/db/client";
import { schedules } from "#lib/db/schema/schedules";
import { sources } from "#lib/db/schema/sources";
import { longestGapSeconds } from "#lib/domain/schedule-gap";
import { readOr } from "./unreadable.ts";

const aheadMs = 400 * 86_400_000;
/** Of a schedule that starts every minute, two weeks tell as much as a year. */
const mostStarts = 20_000;

/**
 * Writes how long a source's enabled backup schedules leave it without a backup at most, those left out that this host cannot read. Call it in the
 * transaction that changed them.
 */
export async function writeExpectedEvery(tx: Transaction, sourceId: string, now: Date): Promise<void> {
  const rows = await tx
    .select()
    .from(schedules)
    .where(
      and(eq(schedules.sourceId, sourceId), eq(schedules.enabled, true), inArray(schedules.task, ["full", "differential", "incremental"])),
    );
  const from = now.getTime();
  const planned = rows.flatMap((row) => {
    const starts = readOr(() => startsBetween(row, from, from + aheadMs, mostStarts), null);
    if (starts === null) return [];
    return { windowMinutes: row.windowMinutes, jitterSeconds: row.jitterSeconds, starts, isCut: starts.length === mostStarts };
  });
  const expectedEverySeconds = longestGapSeconds(planned, from, from + aheadMs);
  await tx.update(sources).set({ expectedEverySeconds }).where(eq(sources.id, sourceId));
}
