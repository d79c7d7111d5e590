import type { EndpointInput } from "#lib/contracts/endpoint";
import type { RunDetailDto, StepCode } from "#lib/contracts/runs";
import type { settleOrphans as contract } from "#lib/contracts/storage";
import { orphanPacks } from "#lib/db/schema/orphan-packs";
import { LifeboatError } from "#lib/domain/error";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { oneOf } from "../one-of.ts";
import { loadRunDetail } from "../runs/load.ts";
import { startStorageRun } from "./scan.ts";

/** Steps of settling orphans, in order. */
export const settleSteps: readonly StepCode[] = ["prepare", "settle"];

/**
 * Starts taking orphan packs back into the catalogue, or removing them. Throws `orphan-gone` { key } for a key that the last scan did not
 * find, `not-found`, `run-active`.
 */
export async function settleOrphans(context: ServiceContext, input: EndpointInput<typeof contract>): Promise<RunDetailDto> {
  authorise(context, "backups:delete");
  const { action } = input.body;
  const keys = [...new Set(input.body.keys)];
  const run = await context.db.transaction(async (tx) => {
    const known = await tx.select({ key: orphanPacks.key }).from(orphanPacks).where(oneOf(orphanPacks.key, keys));
    const found = new Set(known.map((row) => row.key));
    const gone = keys.find((key) => !found.has(key));
    if (gone !== undefined) throw new LifeboatError("orphan-gone", { key: gone });
    return startStorageRun(tx, context, { order: { settle: { action, keys } }, steps: settleSteps, action: `storage.orphans-${action}` });
  });
  await context.wake(run.id, run.workerGroup);
  return loadRunDetail(context.db, run.id);
}
