import type { Transaction } from "#lib/db/client";
import { incidents } from "#lib/db/schema/incidents";
import { makeId } from "#lib/domain/ids";
import { newChecklist } from "#lib/domain/incident-checklist";
import type { IncidentKind, IncidentSeverity } from "#lib/domain/incident-state";
import { recordAudit } from "../audit/record.ts";
import type { ServiceContext } from "../context.ts";
import { auditedIncident, type IncidentRow } from "./dto.ts";

export type NewIncident = {
  readonly kind: IncidentKind;
  readonly title: string;
  readonly severity: IncidentSeverity;
  readonly sourceId: string | null;
  readonly drillId?: string | null;
  readonly runIds: readonly string[];
  readonly note?: string;
};

/** Inserts an open incident with its audit row; null where an open one of its kind and source holds the place. */
export async function insertIncident(tx: Transaction, context: ServiceContext, request: NewIncident): Promise<IncidentRow | null> {
  const { kind, title, severity, sourceId, drillId = null, runIds, note = "" } = request;
  const openedAt = context.now();
  const [row] = await tx
    .insert(incidents)
    .values({
      id: makeId("incident", context.newUuid()),
      title,
      kind,
      severity,
      state: "open",
      sourceId,
      drillId,
      runIds: [...runIds],
      checklist: newChecklist(),
      timeline: [
        { at: openedAt.toISOString(), code: "opened", params: { kind, severity, drillId }, text: note, actorName: context.actor.name },
      ],
      openedAt,
      openedByName: context.actor.name,
    })
    .onConflictDoNothing()
    .returning();
  if (row === undefined) return null;
  await recordAudit(tx, context, {
    action: "incident.open",
    targetType: "incident",
    targetId: row.id,
    targetName: row.title,
    after: { kind, sourceId, drillId, ...auditedIncident(row) },
  });
  return row;
}
