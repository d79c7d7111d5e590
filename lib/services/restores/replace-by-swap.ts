import { eq } from "drizzle-orm";
import { replacements } from "#lib/db/schema/replacements";
import { restores } from "#lib/db/schema/restores";
import type { Comparison } from "#lib/domain/compare-tables";
import { LifeboatError } from "#lib/domain/error";
import { keptNameOf, siblingNameOf } from "#lib/domain/replace-names";
import type { LoadResult } from "#lib/engines/port";
import { finishRun } from "../runs/finish.ts";
import { assertLease } from "../runs/lease.ts";
import { actAs, type RunWork } from "../runs/work.ts";
import { createTarget } from "./create-target.ts";
import type { PreparedReplacement } from "./prepare.ts";
import { compareStep, findings, judgeCopy, loadStep, warningsOf } from "./load-copy.ts";
import { giveUpReplacement, reopenReplacement } from "./give-up-replacement.ts";
import { recordReplaced } from "./record-replaced.ts";
import { renameKnowing } from "./rename-knowing.ts";

/** Loads into a sibling, validates it, lets it follow the old database, and swaps both by one transaction of renames. */
export async function replaceBySwap(work: RunWork, prepared: PreparedReplacement, path: string): Promise<void> {
  const { reporter, deps, engineContext } = work;
  const { restore, request } = prepared;
  const sibling = { ...request, database: siblingNameOf(request.database, restore.id) };
  try {
    const newOid = await reporter.step("create-database", () => createSibling(work, prepared, sibling.database));
    const load = await loadStep(work, (onEntry) => deps.engine.load(path, sibling, onEntry, engineContext));
    work.signal.throwIfAborted();
    const comparison = await compareStep(work, prepared, sibling);
    const verdict = await judgeCopy(work, restore.id, load, comparison);
    const names = { from: request.database, to: sibling.database };
    await reporter.step("follow", () => deps.engine.followDatabase(request.address, names, engineContext));
    const sessionsEnded = await reporter.step(
      "swap",
      () => swap(work, prepared, { newOid, sibling: sibling.database, load, comparison }),
      (count) => ({ sessionsEnded: count }),
    );
    await reporter.flush();
    await work.db.transaction(async (tx) => {
      await assertLease(tx, work.lease);
      await recordReplaced(tx, actAs(deps, work.run), { restore, extra: { sessionsEnded } });
      await finishRun(tx, work.lease, { state: "succeeded", warnings: warningsOf(verdict, comparison) });
    });
  } catch (error) {
    await giveUpReplacement(work, restore.id, error);
    throw error;
  }
}

/** The sibling's name holds the restore's id: nobody else makes a database of that name. Gives its object id. */
async function createSibling(work: RunWork, { restore, request }: PreparedReplacement, sibling: string): Promise<number> {
  const { deps, engineContext } = work;
  const ours = eq(replacements.restoreId, restore.id);
  let newOid = 0;
  await createTarget(
    work,
    restore.id,
    { ...request, database: sibling },
    {
      intend: async (tx) => void (await tx.update(replacements).set({ siblingName: sibling }).where(ours)),
      made: async () => {
        const oid = (await deps.engine.databaseIds(request.address, [sibling], engineContext)).get(sibling);
        if (oid === undefined) throw new LifeboatError("target-changed", { database: sibling });
        newOid = oid;
        return async (tx) => void (await tx.update(replacements).set({ newOid: oid }).where(ours));
      },
      lost: () => reopenReplacement(work.db, restore.id),
    },
  );
  return newOid;
}

type Swapping = { newOid: number; sibling: string; load: LoadResult; comparison: Comparison };

/** The intent stands first: names, ids and all that was found. From then on the server's own names say what has happened. */
async function swap(work: RunWork, prepared: PreparedReplacement, { newOid, sibling, load, comparison }: Swapping): Promise<number> {
  const { deps, signal, engineContext } = work;
  const { restore, request, oldOid } = prepared;
  const { databases } = await deps.engine.inspectTarget(request, engineContext);
  const keptName = keptNameOf(request.database, deps.context.now(), databases);
  signal.throwIfAborted();
  await work.db.transaction(async (tx) => {
    await assertLease(tx, work.lease);
    await tx.update(replacements).set({ keptName, answers: "unsettled" }).where(eq(replacements.restoreId, restore.id));
    await tx.update(restores).set(findings(load, comparison)).where(eq(restores.id, restore.id));
  });
  return renameKnowing(work, request.address, { database: request.database, oid: newOid }, [
    { oid: oldOid, from: request.database, to: keptName },
    { oid: newOid, from: sibling, to: request.database },
  ]);
}
