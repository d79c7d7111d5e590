import { and, eq, gt, or, sql } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { restores } from "#lib/db/schema/restores";
import { type Params, reasonOf } from "#lib/domain/error";
import type { Engine, EngineContext, RestoreRequest } from "#lib/engines/port";
import type { Logger } from "#lib/log/log";
import { assertLease } from "../runs/lease.ts";
import type { RunWork } from "../runs/work.ts";
import { isEmptyDatabase } from "./is-empty.ts";
import { type DatabaseRestore, isDatabaseRestore } from "./rows.ts";

/** A restore that never began to create its database leaves nothing. */
export async function settleUntouched(db: Database, runId: string): Promise<void> {
  await db
    .update(restores)
    .set({ outcome: "removed" })
    .where(
      and(
        eq(restores.runId, runId),
        eq(restores.outcome, "pending"),
        eq(restores.createdDatabase, false),
        sql`not ${restores.facts} @> '{"creating": true}'`,
      ),
    );
}

/**
 * For a worker that lost its lease while it created the database: whoever took the run may have found nothing and settled it. The
 * row then tells the truth again and the next sweep decides; unless a newer restore has taken the name since.
 */
export async function reopenRestore(db: Database, restore: DatabaseRestore, made: Params | null): Promise<void> {
  await db.transaction(async (tx) => {
    const [row] = await tx.select({ outcome: restores.outcome }).from(restores).where(eq(restores.id, restore.id)).for("update");
    if (row === undefined || row.outcome === "kept-after-failure" || (await hasSuccessor(tx, restore))) return;
    await tx
      .update(restores)
      .set({ outcome: "pending", createdDatabase: made !== null, facts: made ?? { creating: true } })
      .where(eq(restores.id, restore.id));
  });
}

/** True when a newer restore was asked for under the same name: a database of that name may be the newer one's. */
async function hasSuccessor(db: Database | Transaction, restore: DatabaseRestore): Promise<boolean> {
  const newer = and(
    eq(restores.serverId, restore.serverId),
    eq(restores.database, restore.database),
    gt(restores.createdAt, restore.createdAt),
    or(eq(restores.createdDatabase, true), sql`${restores.facts} @> '{"creating": true}'`),
  );
  return (await db.select({ id: restores.id }).from(restores).where(newer).limit(1)).length > 0;
}

type Undo = { db: Database; engine: Engine; engineContext: EngineContext; logger: Logger };

/**
 * Decides what becomes of the new database of a restore that did not succeed. Without a lease nothing is done: whoever took the
 * run decides. The run's own signal may be the very reason, so the removal has one of its own.
 */
export async function undoDatabase(work: RunWork, restoreId: string, request: RestoreRequest, error: unknown): Promise<void> {
  if (reasonOf(error).code === "lease-lost") return;
  const { db, deps } = work;
  try {
    await db.transaction((tx) => assertLease(tx, work.lease));
    const engineContext = { ...work.engineContext, signal: AbortSignal.timeout(undoMs) };
    await settleDatabase({ db, engine: deps.engine, engineContext, logger: deps.logger }, restoreId, request);
  } catch (cause) {
    work.reporter.log("error", `the new database was not removed: ${reasonOf(cause).code}`);
    deps.logger.warn("a failed restore's database waits for the sweep", { runId: work.run.id, error: cause });
  }
}

/** A stopping worker has ten seconds for everything. */
export const undoMs = 6_000;

/**
 * Removes or keeps the database that a failed restore made; done twice it does nothing. Only the database that this restore is known
 * to have created is removed, told by its object id: another one of its name is somebody's. One that it may have been creating is
 * removed only while it is empty.
 */
export async function settleDatabase(undo: Undo, restoreId: string, request: RestoreRequest): Promise<void> {
  const { db, engine, engineContext } = undo;
  const [restore] = await db.select().from(restores).where(eq(restores.id, restoreId));
  if (restore === undefined || !isDatabaseRestore(restore) || restore.outcome !== "pending") return;
  const keep = restore.createdDatabase && restore.keepOnFailure;
  const oid = keep ? undefined : (await engine.databaseIds(request.address, [request.database], engineContext)).get(request.database);
  if (oid !== undefined && (await isOurs(undo, { restore, request, oid }))) {
    await engine.dropDatabaseById(request.address, { oid, database: request.database }, engineContext).catch((error: unknown) => {
      // Another one has the name by now: whatever that is, it is not ours.
      if (reasonOf(error).code !== "target-changed") throw error;
    });
  }
  const outcome = keep ? ("kept-after-failure" as const) : ("removed" as const);
  // A worker that came back meanwhile may have said that there is a database after all: then the next sweep looks again.
  await db
    .update(restores)
    .set({ outcome, createdDatabase: keep, facts: {} })
    .where(and(eq(restores.id, restoreId), eq(restores.outcome, "pending"), eq(restores.createdDatabase, restore.createdDatabase)));
}

type Candidate = { restore: DatabaseRestore; request: RestoreRequest; oid: number };

async function isOurs(undo: Undo, { restore, request, oid }: Candidate): Promise<boolean> {
  if (restore.createdDatabase) return restore.facts["oid"] === oid && (await isSameServer(undo, restore, request));
  return (
    restore.facts["creating"] === true &&
    !(await hasSuccessor(undo.db, restore)) &&
    (await isEmptyDatabase(undo.engine, request, undo.engineContext))
  );
}

/** Behind the same address may be another server by now, where the same object id is somebody's. */
async function isSameServer({ engine, engineContext }: Undo, { facts }: Candidate["restore"], request: RestoreRequest): Promise<boolean> {
  const known = facts["cluster"];
  const now = typeof known === "string" ? await engine.clusterId(request.address, engineContext) : null;
  return now === null || now === known;
}
