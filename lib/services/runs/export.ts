import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/exports";
import { run, type RunDto } from "#lib/contracts/runs";
import type { ServiceContext } from "../context.ts";
import { beginExport } from "../exports/begin.ts";
import { csvPieces, type ExportColumn, exportPageSize, jsonPieces } from "../exports/rows.ts";
import { listRuns } from "./list.ts";

type Input = EndpointInput<typeof contract.exportRuns>;

const columns: readonly ExportColumn<RunDto>[] = [
  ["id", (row) => row.id],
  ["type", (row) => row.type],
  ["state", (row) => row.state],
  ["source_id", (row) => row.sourceId],
  ["source", (row) => row.sourceName],
  ["backup_id", (row) => row.backupId],
  ["trigger", (row) => row.trigger],
  ["reason", (row) => row.reason],
  ["note", (row) => row.note],
  ["queued_at", (row) => row.queuedAt],
  ["started_at", (row) => row.startedAt],
  ["finished_at", (row) => row.finishedAt],
  ["bytes_done", (row) => row.progress.bytesDone],
  ["error", (row) => row.error?.code ?? null],
  ["error_text", (row) => row.error?.message ?? null],
  ["created_by", (row) => row.createdBy.name],
];

/** Lets the export begin and answers with the file's name; the rows are `runPieces`'. */
export function exportRuns(context: ServiceContext, { query }: Input): Promise<EndpointOutput<typeof contract.exportRuns>> {
  return beginExport(context, { action: "run.export", entity: "run", list: "runs", permission: "runs:read" }, query);
}

/** The runs, newest first, a page at a time. */
export function runPieces(context: ServiceContext, { query: { format, ...filter } }: Input): AsyncGenerator<string, void> {
  const readPage = (after: string | undefined) =>
    listRuns(context, { params: {}, query: { ...filter, limit: exportPageSize, after }, body: {}, ifMatch: null });
  return format === "csv" ? csvPieces(columns, readPage) : jsonPieces((row) => run.parse(row), readPage);
}
