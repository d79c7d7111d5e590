import { backup, type BackupDto } from "#lib/contracts/backups";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/exports";
import type { ServiceContext } from "../context.ts";
import { beginExport } from "../exports/begin.ts";
import { csvPieces, type ExportColumn, exportPageSize, jsonPieces } from "../exports/rows.ts";
import { listBackups } from "./list.ts";

type Input = EndpointInput<typeof contract.exportBackups>;

const columns: readonly ExportColumn<BackupDto>[] = [
  ["id", (row) => row.id],
  ["source_id", (row) => row.sourceId],
  ["source", (row) => row.sourceName],
  ["database", (row) => row.database],
  ["chain_id", (row) => row.chainId],
  ["kind", (row) => row.kind],
  ["asked_kind", (row) => row.askedKind],
  ["origin", (row) => row.origin],
  ["state", (row) => row.state],
  ["snapshot_at", (row) => row.snapshotAt],
  ["started_at", (row) => row.startedAt],
  ["finished_at", (row) => row.finishedAt],
  ["duration_ms", (row) => row.durationMs],
  ["stream_bytes", (row) => row.streamBytes],
  ["stored_bytes", (row) => row.storedBytes],
  ["stored", (row) => row.meter.stored.state],
  ["stored_at", (row) => row.meter.stored.at],
  ["verified", (row) => row.meter.verified.state],
  ["verified_at", (row) => row.meter.verified.at],
  ["proven", (row) => row.meter.proven.state],
  ["proven_at", (row) => row.meter.proven.at],
  ["broken", (row) => row.broken?.code ?? null],
  ["trigger", (row) => row.trigger],
  ["reason", (row) => row.reason],
  ["label", (row) => row.label],
  ["note", (row) => row.note],
  ["pinned", (row) => row.pinned],
  ["server_version", (row) => row.serverVersion],
  ["tool_version", (row) => row.toolVersion],
  ["file_name", (row) => row.fileName],
  ["created_by", (row) => row.createdBy.name],
  ["run_id", (row) => row.runId],
];

/** Lets the export begin and answers with the file's name; the rows are `backupPieces`'. */
export function exportBackups(context: ServiceContext, { query }: Input): Promise<EndpointOutput<typeof contract.exportBackups>> {
  return beginExport(context, { action: "backup.export", entity: "backup", list: "backups", permission: "backups:read" }, query);
}

/** The backups in the asked order, a page at a time. */
export function backupPieces(context: ServiceContext, { query: { format, ...filter } }: Input): AsyncGenerator<string, void> {
  const readPage = (after: string | undefined) =>
    listBackups(context, { params: {}, query: { ...filter, limit: exportPageSize, after }, body: {}, ifMatch: null });
  return format === "csv" ? csvPieces(columns, readPage) : jsonPieces((row) => backup.parse(row), readPage);
}
