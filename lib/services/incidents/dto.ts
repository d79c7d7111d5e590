import type { IncidentDetailDto, IncidentDto } from "#lib/contracts/incidents";
import type { incidents } from "#lib/db/schema/incidents";
import { countOpenItems } from "#lib/domain/incident-checklist";

export type IncidentRow = typeof incidents.$inferSelect;
export type TimelineEntry = IncidentRow["timeline"][number];
export type IncidentJoined = { readonly sourceName: string | null; readonly assigneeName: string | null };

export function toIncidentDto(row: IncidentRow, joined: IncidentJoined): IncidentDto {
  return {
    id: row.id,
    number: row.number,
    title: row.title,
    titleIsOwn: row.kind === "manual" || row.timeline.some(({ code }) => code === "title"),
    kind: row.kind,
    severity: row.severity,
    state: row.state,
    sourceId: row.sourceId,
    sourceName: joined.sourceName,
    drillId: row.drillId,
    assigneeId: row.assigneeId,
    assigneeName: joined.assigneeName,
    openedAt: row.openedAt.toISOString(),
    openedByName: row.openedByName,
    closedAt: row.closedAt?.toISOString() ?? null,
    openItems: countOpenItems(row.checklist),
    version: row.version,
  };
}

/** `runs` in the order in which they ended. */
export function toIncidentDetailDto(row: IncidentRow, joined: IncidentJoined & Pick<IncidentDetailDto, "runs">): IncidentDetailDto {
  return {
    ...toIncidentDto(row, joined),
    rootCause: row.rootCause,
    closedByName: row.closedByName,
    checklist: row.checklist,
    runs: joined.runs,
    timeline: row.timeline,
  };
}

/** What the audit trail keeps of an incident. */
export function auditedIncident(row: IncidentRow): Record<string, unknown> {
  return {
    title: row.title,
    severity: row.severity,
    state: row.state,
    assigneeId: row.assigneeId,
    rootCause: row.rootCause,
    runIds: row.runIds,
    ...Object.fromEntries(row.checklist.map(({ item, state, note }) => [item, note === "" ? state : `${state}: ${note}`])),
  };
}
