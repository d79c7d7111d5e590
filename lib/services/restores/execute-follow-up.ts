import { eq } from "drizzle-orm";
import { replacements } from "#lib/db/schema/replacements";
import { restores } from "#lib/db/schema/restores";
import { LifeboatError } from "#lib/domain/error";
import { restoredNameOf } from "#lib/domain/replace-names";
import { cleanUpBlocker, keptDatabase, undoBlocker } from "#lib/domain/replacement-state";
import type { RestoreRequest } from "#lib/engines/port";
import { loadBackupFacts } from "../backups/facts.ts";
import { finishRun } from "../runs/finish.ts";
import { assertLease } from "../runs/lease.ts";
import { actAs, type RunWork } from "../runs/work.ts";
import { getServerOrThrow } from "../servers/execute-check.ts";
import { giveUpReplacement } from "./give-up-replacement.ts";
import { restoreRequest } from "./inspect.ts";
import { loadReplacement, surroundings } from "./load-replacement.ts";
import type { DatabaseRestore, ReplacementRow } from "./rows.ts";
import { renameKnowing } from "./rename-knowing.ts";
import { recordCleaned, recordUndone } from "./settle-follow-up.ts";
import { assertSameServer } from "./target-identity.ts";

type Ready = { restore: DatabaseRestore; replacement: ReplacementRow; request: RestoreRequest; kept: { name: string; oid: number } };

/** Swaps the names back by one transaction of renames; the object ids must be those that the replacement recorded. */
export async function executeUndo(work: RunWork): Promise<void> {
  const { db, deps, reporter, lease, run } = work;
  const ready = await reporter.step("prepare", () => prepare(work, undoBlocker, "replace-not-undoable"));
  const { restore, request } = ready;
  try {
    const sessionsEnded = await reporter.step(
      "swap",
      () => swapBack(work, ready),
      (count) => ({ sessionsEnded: count }),
    );
    reporter.log("info", `${sessionsEnded} sessions ended`);
    await reporter.flush();
    await db.transaction(async (tx) => {
      await assertLease(tx, lease);
      const [replacement = ready.replacement] = await tx.select().from(replacements).where(eq(replacements.restoreId, restore.id));
      await recordUndone(tx, actAs(deps, run), { restore, replacement, finishedBy: "run" });
      await finishRun(tx, lease, { state: "succeeded" });
    });
  } catch (error) {
    await giveUpReplacement(work, restore.id, error);
    throw error;
  }

  async function swapBack({ signal, engineContext }: RunWork, { replacement, kept }: Ready): Promise<number> {
    const newOid = replacement.newOid ?? 0;
    const ids = await deps.engine.databaseIds(request.address, [request.database], engineContext);
    if (ids.get(request.database) !== newOid) throw new LifeboatError("target-changed", { database: request.database });
    const { databases } = await deps.engine.inspectTarget(request, engineContext);
    const restoredName = restoredNameOf(request.database, deps.context.now(), databases);
    signal.throwIfAborted();
    await db.transaction(async (tx) => {
      await assertLease(tx, lease);
      await tx.update(replacements).set({ restoredName, answers: "unsettled" }).where(eq(replacements.restoreId, restore.id));
    });
    return renameKnowing(work, request.address, { database: request.database, oid: kept.oid }, [
      { oid: newOid, from: request.database, to: restoredName },
      { oid: kept.oid, from: kept.name, to: request.database },
    ]);
  }
}

/** Removes what was kept, if it still is the very database that the replacement kept. */
export async function executeCleanUp(work: RunWork): Promise<void> {
  const { db, deps, reporter, lease, run, engineContext } = work;
  const { restore, replacement, request, kept } = await reporter.step("prepare", () =>
    prepare(work, cleanUpBlocker, "replace-not-cleanable"),
  );
  try {
    await reporter.step("drop-kept", async () => {
      await db.transaction(async (tx) => {
        await assertLease(tx, lease);
        await tx
          .update(restores)
          .set({ facts: { ...restore.facts, cleaning: true } })
          .where(eq(restores.id, restore.id));
      });
      work.signal.throwIfAborted();
      await deps.engine.dropDatabaseById(request.address, { oid: kept.oid, database: kept.name }, engineContext);
    });
    await reporter.flush();
    await db.transaction(async (tx) => {
      await assertLease(tx, lease);
      await recordCleaned(tx, actAs(deps, run), { restore, replacement, finishedBy: "run" });
      await finishRun(tx, lease, { state: "succeeded" });
    });
  } catch (error) {
    await giveUpReplacement(work, restore.id, error);
    throw error;
  }
}

/** Asks catalogue and server once more. A kept database that somebody else removed is written down: there is nothing left to do. */
async function prepare(
  work: RunWork,
  blockerOf: typeof undoBlocker,
  code: "replace-not-undoable" | "replace-not-cleanable",
): Promise<Ready> {
  const { db, deps, run, engineContext } = work;
  const { restore, replacement } = await loadReplacement(db, run.restoreId ?? "");
  const blocker = blockerOf(replacement, await surroundings(db, { restore, replacement }, run.id));
  if (blocker !== null) throw new LifeboatError(blocker.code, blocker.params);
  const kept = keptDatabase(replacement);
  if (kept === null) throw new LifeboatError(code, { why: "cleaned" });
  const server = await getServerOrThrow(db, restore.serverId);
  const request = restoreRequest(work, await loadBackupFacts(db, restore.backupId), server, restore);
  await assertSameServer({ engine: deps.engine, engineContext, address: request.address }, replacement);
  const ids = await deps.engine.databaseIds(request.address, [kept.name], engineContext);
  if (ids.get(kept.name) !== kept.oid) {
    await db.transaction(async (tx) => {
      await assertLease(tx, work.lease);
      await recordCleaned(tx, actAs(deps, run), { restore, replacement, finishedBy: "run" });
    });
    throw new LifeboatError(code, { why: code === "replace-not-undoable" ? "gone" : "cleaned" });
  }
  return { restore, replacement, request, kept };
}
