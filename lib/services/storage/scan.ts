import { asc, sql } from "drizzle-orm";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type { RunDetailDto, StepCode } from "#lib/contracts/runs";
import type * as contract from "#lib/contracts/storage";
import type { Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { destinations } from "#lib/db/schema/destinations";
import { runs } from "#lib/db/schema/runs";
import { LifeboatError } from "#lib/domain/error";
import type { RunTrigger } from "#lib/domain/run-state";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { loadRunDetail } from "../runs/load.ts";
import { type RunRow, startRun } from "../runs/start.ts";
import type { ScanOrder } from "./scan-order.ts";

/** Steps of a scan, in order. */
export const scanSteps: readonly StepCode[] = ["prepare", "list-storage", "read-orphans"];

/** Starts a comparison of storage with the catalogue. Throws `not-found` before any worker made the destination's row, and `run-active`. */
export async function scanStorage(context: ServiceContext, _input: EndpointInput<typeof contract.scanStorage>): Promise<RunDetailDto> {
  authorise(context, "backups:verify");
  const run = await context.db.transaction((tx) =>
    startStorageRun(tx, context, { order: { settle: null }, steps: scanSteps, action: "storage.scan" }),
  );
  await context.wake(run.id, run.workerGroup);
  return loadRunDetail(context.db, run.id);
}

/**
 * The reconciler's look at files that no row tells of: starts a scan when the last one was begun a day ago or earlier; before the first one, when
 * there has been something to look at for a day. By the database's clock. The caller wakes a worker with the run that is given; null: none is due.
 */
export async function startDueScan(context: ServiceContext): Promise<RunRow | null> {
  const [facts] = await context.db.execute<{ isDue: boolean }>(sql`
    select coalesce(
      (select max(${runs.queuedAt}) from ${runs} where ${runs.type} = 'scan-storage'),
      (select min(${backups.snapshotAt}) from ${backups} where ${backups.state} = 'available')
    ) < clock_timestamp() - interval '1 day' as "isDue"`);
  if (facts?.isDue !== true) return null;
  const request = { order: { settle: null }, steps: scanSteps, action: "storage.scan", trigger: "daily" as const };
  return context.db.transaction((tx) => startStorageRun(tx, context, request));
}

/** One run at a time looks at a destination's files or settles them. The caller wakes a worker. */
export async function startStorageRun(
  tx: Transaction,
  context: ServiceContext,
  request: { order: ScanOrder; steps: readonly StepCode[]; action: string; trigger?: RunTrigger },
): Promise<RunRow> {
  const [place] = await tx.select().from(destinations).orderBy(asc(destinations.createdAt)).limit(1);
  if (place === undefined) throw new LifeboatError("not-found", { entity: "destination", id: "" });
  const { order, steps, action } = request;
  const run = await startRun(tx, context, {
    type: "scan-storage",
    subject: place.id,
    trigger: request.trigger ?? (context.actor.type === "token" ? "api" : "manual"),
    input: { ...order },
    steps,
  });
  await recordAudit(tx, context, {
    action,
    targetType: "destination",
    targetId: place.id,
    targetName: place.name,
    after: { runId: run.id, ...(order.settle === null ? {} : { action: order.settle.action, keys: order.settle.keys.slice(0, 50) }) },
  });
  return run;
}
