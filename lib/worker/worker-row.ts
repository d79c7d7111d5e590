import { and, eq, isNull, lt, sql } from "drizzle-orm";
import { hostname } from "node:os";
import type { DrillHooksDto } from "#lib/contracts/drill-plans";
import type { WorkerDto } from "#lib/contracts/system";
import type { Database } from "#lib/db/client";
import { workers } from "#lib/db/schema/workers";
import { databaseNow } from "#lib/services/runs/lease";

export type WorkerFacts = {
  readonly toolSets: WorkerDto["toolSets"];
  readonly disks: WorkerDto["disks"];
  /** What drills may start on this host. */
  readonly hooks?: DrillHooksDto;
};

/** Writes the row by which people see this worker; rows of workers long gone are removed. */
export async function registerWorker(db: Database, worker: { id: string; group: string }, facts: WorkerFacts): Promise<void> {
  await db.delete(workers).where(lt(workers.heartbeatAt, sql`clock_timestamp() - interval '1 day'`));
  await db.insert(workers).values({
    id: worker.id,
    hostName: hostname(),
    pid: process.pid,
    group: worker.group,
    nodeVersion: process.version,
    toolSets: facts.toolSets,
    disks: facts.disks,
    hooks: facts.hooks ?? null,
    startedAt: databaseNow,
    heartbeatAt: databaseNow,
  });
}

/** Says that the worker lives, and what it sees. */
export async function touchWorker(db: Database, id: string, facts: Partial<WorkerFacts>): Promise<void> {
  await db
    .update(workers)
    .set({ heartbeatAt: databaseNow, ...facts })
    .where(eq(workers.id, id));
}

/** Says that the worker stopped by itself. */
export async function signOffWorker(db: Database, id: string): Promise<void> {
  await db
    .update(workers)
    .set({ stoppedAt: databaseNow })
    .where(and(eq(workers.id, id), isNull(workers.stoppedAt)));
}
