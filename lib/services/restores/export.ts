import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/exports";
import { restore, type RestoreDto } from "#lib/contracts/restores";
import type { ServiceContext } from "../context.ts";
import { beginExport } from "../exports/begin.ts";
import { csvPieces, type ExportColumn, exportPageSize, jsonPieces } from "../exports/rows.ts";
import { listRestores } from "./list.ts";

type Input = EndpointInput<typeof contract.exportRestores>;

const columns: readonly ExportColumn<RestoreDto>[] = [
  ["id", (row) => row.id],
  ["state", (row) => row.run.state],
  ["source", (row) => row.sourceName],
  ["backup_id", (row) => row.backupId],
  ["snapshot_at", (row) => row.snapshotAt],
  ["wanted_at", (row) => row.wantedAt],
  ["server", (row) => row.serverName],
  ["database", (row) => row.database],
  ["target_path", (row) => row.targetPath],
  ["mode", (row) => row.mode],
  ["content", (row) => row.content],
  ["estimated_ms", (row) => row.estimatedMs],
  ["created_at", (row) => row.createdAt],
  ["started_at", (row) => row.run.startedAt],
  ["finished_at", (row) => row.run.finishedAt],
  ["error", (row) => row.run.error?.code ?? null],
  ["error_text", (row) => row.run.error?.message ?? null],
  ["created_by", (row) => row.run.createdBy.name],
  ["run_id", (row) => row.runId],
];

/** Lets the export begin and answers with the file's name; the rows are `restorePieces`'. */
export function exportRestores(context: ServiceContext, { query }: Input): Promise<EndpointOutput<typeof contract.exportRestores>> {
  return beginExport(context, { action: "restore.export", entity: "restore", list: "restores", permission: "restores:read" }, query);
}

/** The restores, newest first, a page at a time. */
export function restorePieces(context: ServiceContext, { query: { format, ...filter } }: Input): AsyncGenerator<string, void> {
  const readPage = (after: string | undefined) =>
    listRestores(context, { params: {}, query: { ...filter, limit: exportPageSize, after }, body: {}, ifMatch: null });
  return format === "csv" ? csvPieces(columns, readPage) : jsonPieces((row) => restore.parse(row), readPage);
}
