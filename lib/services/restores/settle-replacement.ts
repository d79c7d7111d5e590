import { eq } from "drizzle-orm";
import { setTimeout as delay } from "node:timers/promises";
import type { Transaction } from "#lib/db/client";
import { replacements } from "#lib/db/schema/replacements";
import { restores } from "#lib/db/schema/restores";
import { runs } from "#lib/db/schema/runs";
import { reasonOf } from "#lib/domain/error";
import { whoAnswers } from "#lib/domain/replacement-state";
import type { RestoreRequest, ServerAddress } from "#lib/engines/port";
import { loadBackupFacts } from "../backups/facts.ts";
import { actAs, type WorkerDeps } from "../runs/work.ts";
import { getServerOrThrow } from "../servers/execute-check.ts";
import { restoreRequest } from "./inspect.ts";
import { recordReplaced } from "./record-replaced.ts";
import { type Settling, type Unsettled, warn } from "./settling.ts";
import { tablesMark } from "./tables-mark.ts";
import { settleFollowUp } from "./settle-follow-up.ts";

/**
 * Decides what a replacement, whose run is over, has come to: the object ids on the server decide, never a name alone. Done twice it
 * does nothing. Throws when the server does not answer; then the row stays as it is.
 */
export async function settleReplacement(settling: Settling, restoreId: string): Promise<void> {
  const { db, deps } = settling;
  const [row] = await db
    .select({ restore: restores, replacement: replacements })
    .from(restores)
    .innerJoin(replacements, eq(replacements.restoreId, restores.id))
    .where(eq(restores.id, restoreId));
  if (row === undefined) return;
  const facts = await loadBackupFacts(db, row.restore.backupId);
  const server = await getServerOrThrow(db, row.restore.serverId);
  const open = { ...row, facts, request: restoreRequest({ deps }, facts, server, row.restore) };
  await endLeftSessions(settling, open.request.address);
  if (row.replacement.replacedAt !== null) await settleFollowUp(settling, open);
  else if (row.replacement.strategy === "in-place") await settleInPlace(settling, open);
  else await settleSwap(settling, open);
}

/** A statement that a dead worker's session still works on must have come through, or be gone, before anybody looks. */
async function endLeftSessions({ deps, engineContext }: Settling, address: ServerAddress): Promise<void> {
  while ((await deps.engine.endSessions(address, engineContext)) > 0) {
    await delay(endingMs, undefined, { signal: engineContext.signal });
  }
}

const endingMs = 50;

async function settleSwap(settling: Settling, open: Unsettled): Promise<void> {
  const { restore, replacement } = open;
  if ((await askName(settling, open)) === "new") return adopt(settling, open);
  const kept = restore.keepOnFailure && restore.createdDatabase;
  if (!kept) await removeSibling(settling, open);
  // Once more: a swap that was on its way while we looked has come through or has become impossible by now.
  const answer = await askName(settling, open);
  if (answer === "new") return adopt(settling, open);
  const warning =
    answer === "another" && replacement.oldOid !== null
      ? `the database named ${JSON.stringify(restore.database)} is another one than before, and not Lifeboat's doing: look at the server`
      : null;
  await settleOld(settling, open, kept ? "kept-after-failure" : "removed", warning);
}

async function askName({ deps, engineContext }: Settling, { restore, replacement, request }: Unsettled) {
  const ids = await deps.engine.databaseIds(request.address, [restore.database], engineContext);
  return whoAnswers(replacement, ids.get(restore.database));
}

/** Only the database that this restore is known to have made; one that it may have been making, only while it is empty. */
async function removeSibling({ deps, engineContext }: Settling, { restore, replacement, request }: Unsettled): Promise<void> {
  const { siblingName, newOid } = replacement;
  if (siblingName === null) return;
  const oid = (await deps.engine.databaseIds(request.address, [siblingName], engineContext)).get(siblingName);
  if (oid === undefined) return;
  const isOurs = newOid !== null ? oid === newOid : restore.facts["creating"] === true && (await isEmpty(deps, request, siblingName));
  if (!isOurs) return;
  await deps.engine.dropDatabaseById(request.address, { oid, database: siblingName }, engineContext).catch((error: unknown) => {
    // Another one has the name by now: whatever that is, it is not ours.
    if (reasonOf(error).code !== "target-changed") throw error;
  });

  async function isEmpty({ engine }: WorkerDeps, target: RestoreRequest, database: string): Promise<boolean> {
    return (await engine.digestCopy({ ...target, database }, engineContext)).length === 0;
  }
}

/** A load in one transaction has dropped and made every table again, or has changed nothing: the tables' own ids say which. */
async function settleInPlace(settling: Settling, open: Unsettled): Promise<void> {
  const { restore, request, facts } = open;
  const before = restore.facts["tablesBefore"];
  if (typeof before !== "string") return settleOld(settling, open, "removed", null);
  const { existing } = await settling.deps.engine.inspectTarget(request, settling.engineContext);
  if (existing === null || existing.unread !== undefined) {
    return settleOld(settling, open, "removed", "the database cannot be looked into any more: look at the server");
  }
  if (tablesMark(existing, facts) === before) return settleOld(settling, open, "removed", null);
  return adopt(settling, open);
}

async function settleOld(
  { db }: Settling,
  { restore, replacement }: Unsettled,
  outcome: "removed" | "kept-after-failure",
  warning: string | null,
): Promise<void> {
  const isKept = outcome === "kept-after-failure";
  await db.transaction(async (tx) => {
    if (!(await isStillOpen(tx, restore.id))) return;
    await tx
      .update(restores)
      .set({ outcome, createdDatabase: isKept, facts: isKept ? { keptAs: replacement.siblingName } : {} })
      .where(eq(restores.id, restore.id));
    // The kept name stays: a statement of a stopped worker may still come through, and the row is then opened again.
    await tx.update(replacements).set({ answers: "old" }).where(eq(replacements.restoreId, restore.id));
    if (warning !== null) await warn(tx, restore.runId, warning);
  });
}

/** The work was done, and only its row was missing: the new database answers, and the replacement can be undone like any other. */
async function adopt({ db, deps }: Settling, { restore }: Unsettled): Promise<void> {
  await db.transaction(async (tx) => {
    if (!(await isStillOpen(tx, restore.id))) return;
    const [run] = await tx.select().from(runs).where(eq(runs.id, restore.runId));
    if (run === undefined) return;
    await recordReplaced(tx, actAs(deps, run), { restore, extra: { finishedBy: "sweep" } });
    await warn(tx, restore.runId, "the run ended after the database had been replaced: the restored database answers under the name");
  });
}

/** False when somebody else has settled it meanwhile. */
async function isStillOpen(tx: Transaction, restoreId: string): Promise<boolean> {
  const [row] = await tx
    .select({ outcome: restores.outcome, answers: replacements.answers })
    .from(restores)
    .innerJoin(replacements, eq(replacements.restoreId, restores.id))
    .where(eq(restores.id, restoreId))
    .for("update");
  return row !== undefined && (row.outcome === "pending" || row.answers === "unsettled");
}
