import { and, eq, gt, inArray, sql } from "drizzle-orm";
import { startsAfter } from "#lib/cron/starts";
import { schedules } from "#lib/db/schema/schedules";
import { slots } from "#lib/db/schema/slots";
import type { Logger } from "#lib/log/log";
import type { ServiceContext } from "../context.ts";
import { briefTransaction } from "./brief-transaction.ts";

/**
 * Works out anew when schedules are due next, for those that are not due now: after a clock went back, or when zones changed their rules, the time that was
 * written down would come too late or never. A nominal time that has its slot is never named again. Gives how many were moved.
 */
export async function realignSchedules(context: ServiceContext, now: Date, logger: Logger): Promise<number> {
  return briefTransaction(context.db, async (tx) => {
    const rows = await tx
      .select()
      .from(schedules)
      .where(and(eq(schedules.enabled, true), gt(schedules.nextDueAt, now)))
      .for("no key update", { skipLocked: true });
    const used = await tx
      .select({ scheduleId: slots.scheduleId, nominalAt: slots.nominalAt })
      .from(slots)
      .where(
        and(
          gt(slots.nominalAt, now),
          inArray(slots.scheduleId, tx.select({ id: schedules.id }).from(schedules).where(gt(schedules.nextDueAt, now))),
        ),
      );
    const taken = new Set(used.map(({ scheduleId, nominalAt }) => `${scheduleId}/${nominalAt.getTime()}`));
    const moves = rows.flatMap((row) => {
      const next = nextUntaken(row, now.getTime(), taken, logger);
      return next === (row.nextDueAt?.getTime() ?? null) ? [] : [{ id: row.id, next: next === null ? null : new Date(next) }];
    });
    if (moves.length > 0) {
      await tx.execute(sql`
        update ${schedules} set next_due_at = moved.next
        from jsonb_to_recordset(${JSON.stringify(moves)}::jsonb) as moved(id text, next timestamptz) where ${schedules.id} = moved.id
      `);
    }
    return moves.length;
  });
}

/** One that this host cannot read (a zone that it does not know) keeps its time. */
function nextUntaken(row: typeof schedules.$inferSelect, now: number, taken: ReadonlySet<string>, logger: Logger): number | null {
  try {
    return startsAfter(row, now).find((at) => !taken.has(`${row.id}/${at}`)) ?? null;
  } catch (error) {
    logger.warn("a schedule cannot be read", { scheduleId: row.id, error });
    return row.nextDueAt?.getTime() ?? null;
  }
}
