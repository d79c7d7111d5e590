import { eq } from "drizzle-orm";
import { setTimeout as delay } from "node:timers/promises";
import type { Transaction } from "#lib/db/client";
import { replacements } from "#lib/db/schema/replacements";
import { restores } from "#lib/db/schema/restores";
import { runs } from "#lib/db/schema/runs";
import { LifeboatError, type Params, reasonOf } from "#lib/domain/error";
import { type FoundAnswer, whoAnswers } from "#lib/domain/replacement-state";
import type { ServerAddress } from "#lib/engines/port";
import { loadBackupFacts } from "../backups/facts.ts";
import { actAs } from "../runs/work.ts";
import { getServerOrThrow } from "../servers/execute-check.ts";
import { restoreRequest } from "./inspect.ts";
import { isEmptyDatabase } from "./is-empty.ts";
import { recordReplaced } from "./record-replaced.ts";
import { isDatabaseRestore } from "./rows.ts";
import { type Settling, type Unsettled, warn } from "./settling.ts";
import { tablesMark } from "./tables-mark.ts";
import { settleFollowUp } from "./settle-follow-up.ts";
import { assertSameServer } from "./target-identity.ts";

/**
 * Decides what a replacement, whose run is over, has come to: the object ids on the server decide, never a name alone. Done twice it
 * does nothing. Throws when the server does not answer; then the row stays as it is.
 */
export async function settleReplacement(settling: Settling, restoreId: string): Promise<void> {
  const { db, deps } = settling;
  const [found] = await db
    .select({ restore: restores, replacement: replacements })
    .from(restores)
    .innerJoin(replacements, eq(replacements.restoreId, restores.id))
    .where(eq(restores.id, restoreId));
  if (found === undefined || !isDatabaseRestore(found.restore)) return;
  const row = { restore: found.restore, replacement: found.replacement };
  const facts = await loadBackupFacts(db, row.restore.backupId);
  const server = await getServerOrThrow(db, row.restore.serverId);
  const open = { ...row, facts, request: restoreRequest({ deps }, facts, server, row.restore) };
  await assertSameServer({ ...settling, engine: deps.engine, address: open.request.address }, row.replacement);
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
  const before = await askNames(settling, open);
  if (before.isSwapped) return adopt(settling, open, before.answer);
  const kept = restore.keepOnFailure && restore.createdDatabase;
  if (!kept) await removeSibling(settling, open);
  // Once more: a swap that was on its way while we looked has come through or has become impossible by now.
  const { isSwapped, answer } = await askNames(settling, open);
  if (isSwapped) return adopt(settling, open, answer);
  const warning = answer === "another" && replacement.oldOid !== null ? anotherAnswers(restore.database) : null;
  await settleOld(settling, open, kept ? "kept-after-failure" : "removed", warning);
}

const anotherAnswers = (database: string) =>
  `the database named ${JSON.stringify(database)} is another one than before, and not Lifeboat's doing: look at the server`;

/** The old database under the name that it was to be kept as says it too, whoever may have the name since: nobody shall lose it. */
async function askNames({ deps, engineContext }: Settling, { restore, replacement, request }: Unsettled) {
  const { keptName, oldOid } = replacement;
  const names = keptName === null ? [restore.database] : [restore.database, keptName];
  const ids = await deps.engine.databaseIds(request.address, names, engineContext);
  const answer = whoAnswers(replacement, ids.get(restore.database));
  return { answer, isSwapped: answer === "new" || (keptName !== null && oldOid !== null && ids.get(keptName) === oldOid) };
}

/** Only the database that this restore is known to have made; one that it may have been making, only while it is empty. */
async function removeSibling({ deps, engineContext }: Settling, { restore, replacement, request }: Unsettled): Promise<void> {
  const { siblingName, newOid } = replacement;
  if (siblingName === null) return;
  const oid = (await deps.engine.databaseIds(request.address, [siblingName], engineContext)).get(siblingName);
  if (oid === undefined) return;
  const sibling = { ...request, database: siblingName };
  const isOurs =
    newOid !== null ? oid === newOid : restore.facts["creating"] === true && (await isEmptyDatabase(deps.engine, sibling, engineContext));
  if (!isOurs) return;
  await deps.engine.dropDatabaseById(request.address, { oid, database: siblingName }, engineContext).catch((error: unknown) => {
    // Another one has the name by now: whatever that is, it is not ours.
    if (reasonOf(error).code !== "target-changed") throw error;
  });
}

/** A load in one transaction has dropped and made every table again, or has changed nothing: the tables' own ids say which. */
async function settleInPlace(settling: Settling, open: Unsettled): Promise<void> {
  const { restore, request, facts } = open;
  const before = restore.facts["tablesBefore"];
  if (typeof before !== "string") return settleOld(settling, open, "removed", null);
  const { existing } = await settling.deps.engine.inspectTarget(request, settling.engineContext);
  // Nobody knows then which contents answer, and nobody shall say it: the next sweep looks again.
  if (existing?.unread !== undefined) throw new LifeboatError(existing.unread.code, existing.unread.params);
  if (existing === null || existing.oid !== open.replacement.oldOid)
    return settleOld(settling, open, "removed", anotherAnswers(restore.database));
  if (tablesMark(existing, facts) === before) return settleOld(settling, open, "removed", null);
  return adopt(settling, open, "new");
}

async function settleOld(
  { db }: Settling,
  { restore, replacement }: Unsettled,
  outcome: "removed" | "kept-after-failure",
  warning: string | null,
): Promise<void> {
  const isKept = outcome === "kept-after-failure";
  // Names and mark stay: they are what is asked about should a worker that was taken for dead come back and have done it after all.
  const { tablesBefore } = restore.facts;
  const mark: Params = tablesBefore === undefined ? {} : { tablesBefore };
  await db.transaction(async (tx) => {
    if (!(await isStillOpen(tx, { restore, replacement }))) return;
    await tx
      .update(restores)
      .set({ outcome, createdDatabase: isKept, facts: isKept ? { ...mark, keptAs: replacement.siblingName } : mark })
      .where(eq(restores.id, restore.id));
    // The kept name stays: a statement of a stopped worker may still come through, and the row is then opened again.
    await tx.update(replacements).set({ answers: "old" }).where(eq(replacements.restoreId, restore.id));
    if (warning !== null) await warn(tx, restore.runId, warning);
  });
}

/** The work was done, and only its row was missing: the new database answers, and the replacement can be undone like any other. */
async function adopt({ db, deps }: Settling, { restore, replacement }: Unsettled, answer: FoundAnswer): Promise<void> {
  await db.transaction(async (tx) => {
    if (!(await isStillOpen(tx, { restore, replacement }))) return;
    const [run] = await tx.select().from(runs).where(eq(runs.id, restore.runId));
    if (run === undefined) return;
    await recordReplaced(tx, actAs(deps, run), { restore, extra: { finishedBy: "sweep" } });
    const found = answer === "new" ? "the restored database answers under the name" : anotherAnswers(restore.database);
    await warn(tx, restore.runId, `the run ended after the database had been replaced: ${found}`);
  });
}

/** False when somebody else has settled it meanwhile. */
async function isStillOpen(tx: Transaction, { restore, replacement }: Pick<Unsettled, "restore" | "replacement">): Promise<boolean> {
  const [row] = await tx
    .select({ outcome: restores.outcome, answers: replacements.answers, followUpRunId: replacements.followUpRunId })
    .from(restores)
    .innerJoin(replacements, eq(replacements.restoreId, restores.id))
    .where(eq(restores.id, restore.id))
    .for("update");
  if (row === undefined || row.followUpRunId !== replacement.followUpRunId) return false;
  return row.outcome === "pending" || row.answers === "unsettled";
}
