import { and, eq } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { incidents } from "#lib/db/schema/incidents";
import { afterAnotherFailure } from "#lib/domain/incident-checklist";
import type { IncidentKind, IncidentSeverity } from "#lib/domain/incident-state";
import { recordAudit } from "../audit/record.ts";
import type { ServiceContext } from "../context.ts";
import { auditedIncident, type IncidentRow, type TimelineEntry } from "./dto.ts";
import { insertIncident } from "./insert-row.ts";

export type SystemIncident = {
  readonly kind: Exclude<IncidentKind, "manual">;
  readonly sourceId: string;
  readonly drillId: string | null;
  readonly runIds: readonly string[];
  /** English, for the API and the audit; pages say it in the reader's words until somebody gives it a title of their own. */
  readonly title: string;
  readonly severity: IncidentSeverity;
};

/** An incident that is not looked after must not grow without end: the first runs and the newest ones tell enough. */
const mostRuns = 100;
const firstRuns = 10;

/**
 * Opens an incident for what failed, or joins the open one of this kind and source: then its timeline says `again`, runs and drill
 * are linked, and what the failure contradicts is to be confirmed anew. Call it in the transaction that records the failure. `joined` is true where it was open already.
 */
export async function openIncidentBySystem(
  tx: Transaction,
  context: ServiceContext,
  request: SystemIncident,
): Promise<{ id: string; joined: boolean }> {
  // The open one may be closed between the refused insert and the look at it: then the place is free, and one more try takes it.
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const opened = await insertIncident(tx, context, request);
    if (opened !== null) return { id: opened.id, joined: false };
    const [open] = await tx
      .select()
      .from(incidents)
      .where(and(eq(incidents.kind, request.kind), eq(incidents.sourceId, request.sourceId), eq(incidents.state, "open")))
      .for("update");
    if (open === undefined) continue;
    await join(tx, context, open, request);
    return { id: open.id, joined: true };
  }
  throw new Error("an incident was opened and closed by others five times in a row");
}

/** The version goes up: nobody closes an incident without having seen that it failed once more. */
async function join(tx: Transaction, context: ServiceContext, row: IncidentRow, request: SystemIncident): Promise<void> {
  const newRuns = request.runIds.filter((id) => !row.runIds.includes(id));
  const runIds = [...row.runIds, ...newRuns];
  const { checklist, reopened } = afterAnotherFailure(row.checklist, request.kind);
  const told = { at: context.now().toISOString(), text: "", actorName: context.actor.name };
  const opened = reopened.map((item): TimelineEntry => Object.assign({ code: "item" as const, params: { item, state: "open" } }, told));
  const [after] = await tx
    .update(incidents)
    .set({
      runIds: runIds.length <= mostRuns ? runIds : [...runIds.slice(0, firstRuns), ...runIds.slice(firstRuns - mostRuns)],
      drillId: request.drillId ?? row.drillId,
      checklist,
      version: row.version + 1,
      timeline: toldAgain([...row.timeline, ...opened], {
        ...told,
        code: "again",
        params: { drillId: request.drillId, runId: request.runIds.at(-1) ?? null, count: 1 },
      }),
    })
    .where(eq(incidents.id, row.id))
    .returning();
  if (after === undefined) throw new Error("the update returned no row");
  await recordAudit(tx, context, {
    action: "incident.again",
    targetType: "incident",
    targetId: row.id,
    targetName: row.title,
    before: auditedIncident(row),
    after: auditedIncident(after),
  });
}

/** The same failure once more is one line with a higher count, as long as nothing else happened in between. */
function toldAgain(timeline: readonly TimelineEntry[], entry: TimelineEntry): TimelineEntry[] {
  const last = timeline.at(-1);
  if (last?.code !== "again") return [...timeline, entry];
  return [...timeline.slice(0, -1), { ...entry, params: { ...entry.params, count: Number(last.params["count"] ?? 1) + 1 } }];
}
