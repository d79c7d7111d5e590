import type * as contract from "#lib/contracts/drill-history";
import { drill, type DrillDto } from "#lib/contracts/drills";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type { ServiceContext } from "../../context.ts";
import { beginExport } from "../../exports/begin.ts";
import { csvPieces, type ExportColumn, exportPageSize, jsonPieces } from "../../exports/rows.ts";
import { listDrills } from "./list.ts";

type Input = EndpointInput<typeof contract.exportDrills>;

const columns: readonly ExportColumn<DrillDto>[] = [
  ["id", (row) => row.id],
  ["source_id", (row) => row.sourceId],
  ["source", (row) => row.sourceName],
  ["environment", (row) => row.environment],
  ["engine", (row) => row.engine],
  ["state", (row) => row.state],
  ["phase", (row) => row.phase],
  ["verdict", (row) => row.verdict],
  ["trigger", (row) => row.trigger],
  ["unattended", (row) => row.unattended],
  ["operator", (row) => row.operatorName],
  ["started_at", (row) => row.startedAt],
  ["closed_at", (row) => row.closedAt],
  ["backup_id", (row) => row.backupId],
  ["snapshot_at", (row) => row.snapshotAt],
  ["recovery_ms", (row) => row.recoveryMs],
  ["recovery_time_objective_seconds", (row) => row.recoveryTimeSeconds],
  ["checks_passed", (row) => row.checksPassed],
  ["checks_failed", (row) => row.checksFailed],
  ["checks_total", (row) => row.checksTotal],
  ["problem", (row) => row.problem?.code ?? null],
  ["report_id", (row) => row.reportId],
  ["incident_id", (row) => row.incidentId],
];

/** Lets the export begin and answers with the file's name; the rows are `drillPieces`'. */
export function exportDrills(context: ServiceContext, { query }: Input): Promise<EndpointOutput<typeof contract.exportDrills>> {
  return beginExport(context, { action: "drill.export", entity: "drill", list: "drills", permission: "drills:read" }, query);
}

/** The drills, newest first, a page at a time. */
export function drillPieces(context: ServiceContext, { query: { format, ...filter } }: Input): AsyncGenerator<string, void> {
  const readPage = (after: string | undefined) =>
    listDrills(context, { params: {}, query: { ...filter, limit: exportPageSize, after }, body: {}, ifMatch: null });
  return format === "csv" ? csvPieces(columns, readPage) : jsonPieces((row) => drill.parse(row), readPage);
}
