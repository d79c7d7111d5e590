import { sql } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import type { RemoveReasonCode } from "#lib/domain/retention-rule";
import { recordAudits } from "../audit/record.ts";
import type { ServiceContext } from "../context.ts";
import { oneOf } from "../one-of.ts";
import { databaseNow } from "../runs/lease.ts";

export type Trashing = {
  readonly ids: readonly string[];
  readonly reason: (id: string) => RemoveReasonCode;
  readonly graceDays: number;
  readonly runId: string;
  /** The policy that says so; left out when a person does. */
  readonly policyName?: string;
};

/**
 * Moves backups to the trash, each audited with its reason; the caller holds their rows and knows that nothing that stays needs them. Their
 * time there is measured with the catalogue's clock.
 */
export async function moveToTrash(tx: Transaction, context: ServiceContext, request: Trashing): Promise<void> {
  const { ids, graceDays, runId } = request;
  if (ids.length === 0) return;
  const rows = await tx.select().from(backups).where(oneOf(backups.id, ids));
  for (const [reason, members] of Map.groupBy(rows, (row) => request.reason(row.id))) {
    await tx
      .update(backups)
      .set({
        state: "trashed",
        trashedAt: databaseNow,
        trashReason: reason,
        trashedByName: request.policyName ?? context.actor.name,
        purgeAt: sql`clock_timestamp() + make_interval(days => ${graceDays})`,
        version: sql`${backups.version} + 1`,
      })
      .where(
        oneOf(
          backups.id,
          members.map((row) => row.id),
        ),
      );
  }
  await recordAudits(
    tx,
    context,
    rows.map((row) => ({
      action: "backup.trash",
      targetType: "backup",
      targetId: row.id,
      targetName: row.fileName,
      after: {
        reason: request.reason(row.id),
        policy: request.policyName ?? null,
        graceDays,
        sourceId: row.sourceId,
        kind: row.kind,
        snapshotAt: row.snapshotAt,
        storedBytes: row.storedBytes,
        runId,
      },
    })),
  );
}
