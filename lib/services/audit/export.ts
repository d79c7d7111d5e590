import type { AuditEventDto, AuditFilter } from "#lib/contracts/audit";
import type * as contract from "#lib/contracts/audit";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { exportFileName } from "../exports/begin.ts";
import { csvPieces, type ExportColumn, exportPageSize } from "../exports/rows.ts";
import { auditFilter, readAuditPage } from "./events.ts";
import { recordAudit } from "./record.ts";

const columns: readonly ExportColumn<AuditEventDto>[] = [
  ["id", (event) => event.id],
  ["at", (event) => event.at],
  ["actor_type", (event) => event.actor.type],
  ["actor_id", (event) => event.actor.id],
  ["actor_name", (event) => event.actor.name],
  ["action", (event) => event.action],
  ["target_type", (event) => event.targetType],
  ["target_id", (event) => event.targetId],
  ["target_name", (event) => event.targetName],
  ["address", (event) => event.address],
  ["request_id", (event) => event.requestId],
  ["before", (event) => asJson(event.before)],
  ["after", (event) => asJson(event.after)],
];

function asJson(fields: Record<string, unknown> | null): string | null {
  return fields === null ? null : JSON.stringify(fields);
}

/** Lets the export begin, and writes down that it was asked for and with which filters. The rows themselves are `auditCsv`'s. */
export async function exportAuditEvents(
  context: ServiceContext,
  { query }: EndpointInput<typeof contract.exportAuditEvents>,
): Promise<EndpointOutput<typeof contract.exportAuditEvents>> {
  authorise(context, "audit:read");
  await recordAudit(context.db, context, { action: "audit.export", targetType: "audit", targetId: null, after: { filter: { ...query } } });
  return exportFileName("audit", "csv", context.now());
}

/**
 * The events as CSV, newest first, in pieces of one page each. Rows that are written meanwhile are newer than the first page and do not
 * appear.
 */
export function auditCsv(context: ServiceContext, filter: AuditFilter): AsyncGenerator<string, void> {
  authorise(context, "audit:read");
  const where = auditFilter(filter);
  return csvPieces(columns, (after) => readAuditPage(context.db, where, { limit: exportPageSize, after }));
}
