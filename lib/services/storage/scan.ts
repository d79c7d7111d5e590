import { asc } from "drizzle-orm";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type { RunDetailDto, StepCode } from "#lib/contracts/runs";
import type * as contract from "#lib/contracts/storage";
import type { Transaction } from "#lib/db/client";
import { destinations } from "#lib/db/schema/destinations";
import { LifeboatError } from "#lib/domain/error";
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

/** One run at a time looks at a destination's files or settles them. The caller wakes a worker. */
export async function startStorageRun(
  tx: Transaction,
  context: ServiceContext,
  request: { order: ScanOrder; steps: readonly StepCode[]; action: string },
): Promise<RunRow> {
  const [place] = await tx.select().from(destinations).orderBy(asc(destinations.createdAt)).limit(1);
  if (place === undefined) throw new LifeboatError("not-found", { entity: "destination", id: "" });
  const { order, steps, action } = request;
  const run = await startRun(tx, context, {
    type: "scan-storage",
    subject: place.id,
    trigger: context.actor.type === "token" ? "api" : "manual",
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
