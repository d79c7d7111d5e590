import { eq, sql } from "drizzle-orm";
import { schedules } from "#lib/db/schema/schedules";
import { sources } from "#lib/db/schema/sources";
import { recordAudit } from "../audit/record.ts";
import type { ServiceContext } from "../context.ts";
import { auditedSource } from "../sources/dto.ts";
import { briefTransaction } from "./brief-transaction.ts";
import { isNotAmong, type Unreadable } from "./unreadable.ts";

/** So long a worker that can read a schedule has to look at what fell into a pause. */
const readElsewhereMs = 15 * 60_000;

/**
 * Resumes sources whose pause is over. One whose schedules have times that nobody looked at yet waits for that: what fell into the pause was meant not to run.
 * For one that this host cannot read (`unreadable`) it waits a quarter of an hour: another host may be able to.
 */
export async function endPauses(context: ServiceContext, now: Date, unreadable: Unreadable): Promise<void> {
  const heardOf = new Date(now.getTime() - readElsewhereMs).toISOString();
  await briefTransaction(context.db, async (tx) => {
    const over = await tx
      .select()
      .from(sources)
      .where(
        sql`${sources.pausedUntil} <= ${now.toISOString()}::timestamptz and ${sources.pausedAt} is not null and not exists (
          select 1 from ${schedules} as waiting where waiting.source_id = ${sql.raw('"lifeboat"."sources"."id"')}
            and waiting.next_due_at <= ${now.toISOString()}::timestamptz
            and (waiting.next_due_at > ${heardOf}::timestamptz or ${isNotAmong(unreadable, sql.raw("waiting"))})
        )`,
      )
      .limit(100)
      .for("update", { skipLocked: true });
    for (const source of over) {
      const after = { pausedAt: null, pausedUntil: null };
      await tx
        .update(sources)
        .set({ ...after, version: source.version + 1, updatedAt: now })
        .where(eq(sources.id, source.id));
      await recordAudit(tx, context, {
        action: "source.resume",
        targetType: "source",
        targetId: source.id,
        targetName: source.name,
        before: auditedSource(source),
        after: auditedSource({ ...source, ...after }),
      });
    }
  });
}
