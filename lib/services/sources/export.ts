import type { z } from "zod";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/exports";
import { listSources as listContract } from "#lib/contracts/sources";
import type { ServiceContext } from "../context.ts";
import { beginExport } from "../exports/begin.ts";
import { csvPieces, type ExportColumn, exportPageSize, jsonPieces } from "../exports/rows.ts";
import { listSources } from "./list.ts";

type Input = EndpointInput<typeof contract.exportSources>;
const item = listContract.response.shape.items.element;
type Row = z.output<typeof item>;

const columns: readonly ExportColumn<Row>[] = [
  ["id", (row) => row.id],
  ["name", (row) => row.name],
  ["engine", (row) => row.engine],
  ["server", (row) => row.serverName],
  ["server_version", (row) => row.serverVersion],
  ["database", (row) => row.database],
  ["path", (row) => row.path],
  ["environment", (row) => row.environment],
  ["sample", (row) => row.isSample],
  ["paused_at", (row) => row.pausedAt],
  ["retention_policy", (row) => row.retentionPolicyName],
  ["size_bytes", (row) => row.sizeBytes],
  ["backups", (row) => row.backupCount],
  ["stored_bytes", (row) => row.storedBytes],
  ["last_good_at", (row) => row.lastGoodAt],
  ["last_verified_at", (row) => row.lastVerifiedAt],
  ["last_proven_at", (row) => row.lastProvenAt],
  ["notes", (row) => row.notes],
  ["created_at", (row) => row.createdAt],
];

/** Lets the export begin and answers with the file's name; the rows are `sourcePieces`'. */
export function exportSources(context: ServiceContext, { query }: Input): Promise<EndpointOutput<typeof contract.exportSources>> {
  return beginExport(context, { action: "source.export", entity: "source", list: "sources", permission: "sources:read" }, query);
}

/** The sources in the list's order, a page at a time. */
export function sourcePieces(context: ServiceContext, { query: { format, ...filter } }: Input): AsyncGenerator<string, void> {
  const readPage = (after: string | undefined) =>
    listSources(context, { params: {}, query: { ...filter, limit: exportPageSize, after }, body: {}, ifMatch: null });
  return format === "csv" ? csvPieces(columns, readPage) : jsonPieces((row) => item.parse(row), readPage);
}
