import { eq, sql } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { replacements } from "#lib/db/schema/replacements";
import { restores } from "#lib/db/schema/restores";
import type { Params } from "#lib/domain/error";
import { recordAudit } from "../audit/record.ts";
import type { ServiceContext } from "../context.ts";
import { databaseNow } from "../runs/lease.ts";
import type { DatabaseRestore } from "./rows.ts";

/** The new database answers: row and audit. Call it in the transaction that ends the run, or that finds a dead run's work done. */
export async function recordReplaced(
  tx: Transaction,
  context: ServiceContext,
  { restore, extra }: { restore: DatabaseRestore; extra: Params },
): Promise<void> {
  await tx.update(restores).set({ outcome: "replaced", facts: {} }).where(eq(restores.id, restore.id));
  const [row] = await tx
    .update(replacements)
    .set({ answers: "new", replacedAt: sql`coalesce(${replacements.replacedAt}, ${databaseNow})` })
    .where(eq(replacements.restoreId, restore.id))
    .returning();
  await recordAudit(tx, context, {
    action: "restore.replace",
    targetType: "restore",
    targetId: restore.id,
    targetName: restore.database,
    after: {
      runId: restore.runId,
      backupId: restore.backupId,
      safetyRunId: row?.safetyRunId,
      database: restore.database,
      strategy: row?.strategy,
      keptName: row?.keptName,
      ...extra,
    },
  });
}
