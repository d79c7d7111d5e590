import { and, eq, inArray, sql } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/policies";
import type { Transaction } from "#lib/db/client";
import { backupDependencies } from "#lib/db/schema/backup-dependencies";
import { backups } from "#lib/db/schema/backups";
import { runs } from "#lib/db/schema/runs";
import { LifeboatError } from "#lib/domain/error";
import { isPolicyReason } from "#lib/domain/retention-rule";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import { isRemovalOf } from "../backups/remove-order.ts";
import type { ServiceContext } from "../context.ts";
import { holdSource } from "./evaluate.ts";

type Row = typeof backups.$inferSelect;

/**
 * Takes a backup out of the trash with all that it needs. One that a policy put there is pinned, because the next clean-up would put it there
 * again. Throws `not-found`, `backup-not-trashed` { state }, and `run-active` { runId, type } while a removal for good of one of them waits or
 * works.
 */
export async function restoreFromTrash(
  context: ServiceContext,
  input: EndpointInput<typeof contract.restoreFromTrash>,
): Promise<EndpointOutput<typeof contract.restoreFromTrash>> {
  authorise(context, "backups:delete");
  const { id } = input.params;
  return context.db.transaction(async (tx) => {
    const [known] = await tx.select({ sourceId: backups.sourceId }).from(backups).where(eq(backups.id, id));
    if (known === undefined) throw new LifeboatError("not-found", { entity: "backup", id });
    // A removal of one of them either was committed before, or looks again after this and finds it taken out.
    await holdSource(tx, known.sourceId);
    const [own] = await tx.select().from(backups).where(eq(backups.id, id));
    if (own === undefined || own.state === "writing") throw new LifeboatError("not-found", { entity: "backup", id });
    if (own.state !== "trashed") throw new LifeboatError("backup-not-trashed", { state: own.state });
    const back = [own, ...(await trashedNeeds(tx, id))];
    for (const row of back) await refuseRemovedForGood(tx, row.id);
    for (const row of back) await takeOut(tx, context, row, { asked: row === own });
    return { restored: back.map((row) => row.id) };
  });
}

/** All that a backup needs, directly or through another, as far as it is in the trash. */
async function trashedNeeds(tx: Transaction, id: string): Promise<Row[]> {
  const found = new Map<string, Row>();
  let open = [id];
  while (open.length > 0) {
    const rows = await tx
      .select({ backup: backups })
      .from(backupDependencies)
      .innerJoin(backups, eq(backups.id, backupDependencies.needsId))
      .where(and(inArray(backupDependencies.backupId, open), eq(backups.state, "trashed")));
    open = rows.map(({ backup }) => backup.id).filter((each) => !found.has(each));
    for (const { backup } of rows) found.set(backup.id, backup);
  }
  return [...found.values()];
}

/** Whoever asked for it was told that it goes: what comes back now would be gone again as soon as a worker begins. */
async function refuseRemovedForGood(tx: Transaction, id: string): Promise<void> {
  const isForGood = sql`not coalesce((${runs.input} ->> 'toTrash')::boolean, false)`;
  const [removal] = await tx
    .select({ id: runs.id, type: runs.type })
    .from(runs)
    .where(and(isRemovalOf(id), isForGood, inArray(runs.state, ["queued", "running"])))
    .limit(1);
  if (removal !== undefined) throw new LifeboatError("run-active", { runId: removal.id, type: removal.type });
}

async function takeOut(tx: Transaction, context: ServiceContext, row: Row, { asked }: { asked: boolean }): Promise<void> {
  const pinned = row.pinned || (asked && row.trashReason !== null && isPolicyReason(row.trashReason));
  await tx
    .update(backups)
    .set({ state: "available", trashedAt: null, trashReason: null, trashedByName: null, purgeAt: null, pinned, version: row.version + 1 })
    .where(eq(backups.id, row.id));
  await recordAudit(tx, context, {
    action: "backup.restore-from-trash",
    targetType: "backup",
    targetId: row.id,
    targetName: row.fileName,
    before: { reason: row.trashReason, trashedBy: row.trashedByName, trashedAt: row.trashedAt, pinned: row.pinned },
    after: { reason: null, trashedBy: null, trashedAt: null, pinned },
  });
}
