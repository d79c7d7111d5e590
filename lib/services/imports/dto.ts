import { describeReason } from "#lib/contracts/describe-reason";
import type { ImportDto } from "#lib/contracts/imports";
import type { imports } from "#lib/db/schema/imports";

export type ImportRow = typeof imports.$inferSelect;

/** `sourceName` null: no source was chosen yet. */
export function toImportDto(row: ImportRow, joined: { sourceName: string | null }): ImportDto {
  return {
    id: row.id,
    origin: row.origin,
    state: row.state,
    fileName: row.fileName,
    path: row.path,
    bytes: row.bytes,
    receivedBytes: row.receivedBytes,
    format: row.format,
    takenAt: row.takenAt?.toISOString() ?? null,
    sourceId: row.sourceId,
    sourceName: joined.sourceName,
    runId: row.runId,
    backupId: row.backupId,
    error: row.error === null ? null : describeReason(row.error),
    createdBy: { type: row.createdByType, id: row.createdById, name: row.createdByName },
    createdAt: row.createdAt.toISOString(),
    version: row.version,
  };
}
