import { and, eq, isNull } from "drizzle-orm";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/incidents";
import type { Transaction } from "#lib/db/client";
import { runs } from "#lib/db/schema/runs";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { insertIncident } from "./insert-row.ts";
import { loadIncidentDetail } from "./load.ts";

/** Opens an incident by hand; a run that it is about brings its source along. Throws `not-found` for a source or run that is not there. */
export async function openIncident(
  context: ServiceContext,
  input: EndpointInput<typeof contract.openIncident>,
): Promise<contract.IncidentDetailDto> {
  authorise(context, "incidents:write");
  const { title, severity, sourceId, runId, note } = input.body;
  return context.db.transaction(async (tx) => {
    if (sourceId !== undefined) await requireSource(tx, sourceId);
    const run = runId === undefined ? null : await findRun(tx, runId);
    const row = await insertIncident(tx, context, {
      kind: "manual",
      title,
      severity,
      sourceId: sourceId ?? run?.sourceId ?? null,
      drillId: run?.drillId ?? null,
      runIds: run === null ? [] : [run.id],
      note,
    });
    if (row === null) throw new Error("an incident that was opened by hand collides with no other");
    return loadIncidentDetail(tx, row.id);
  });
}

async function requireSource(tx: Transaction, id: string): Promise<void> {
  const [row] = await tx
    .select({ id: sources.id })
    .from(sources)
    .where(and(eq(sources.id, id), isNull(sources.removedAt)));
  if (row === undefined) throw new LifeboatError("not-found", { entity: "source", id });
}

/** Throws `not-found`, also for probes, which are forgotten after a day. */
export async function findRun(tx: Transaction, id: string): Promise<{ id: string; sourceId: string | null; drillId: string | null }> {
  const [row] = await tx
    .select({ id: runs.id, sourceId: runs.sourceId, drillId: runs.drillId })
    .from(runs)
    .where(and(eq(runs.id, id), eq(runs.isProbe, false)));
  if (row === undefined) throw new LifeboatError("not-found", { entity: "run", id });
  return row;
}
