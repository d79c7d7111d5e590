import { getTableColumns } from "drizzle-orm";
import type { RestoreDto } from "#lib/contracts/restores";
import { restores } from "#lib/db/schema/restores";
import { type RunDtoRow, toRunDto } from "../runs/dto.ts";

const { errors: _errors, comparison: _comparison, facts: _facts, ...shown } = getTableColumns(restores);

/** The columns that a restore's DTO is made from; errors and the comparison may be large and are read for one restore only. */
export const restoreColumns = shown;

export type RestoreDtoRow = Omit<typeof restores.$inferSelect, "errors" | "comparison" | "facts">;

export type RestoreJoined = {
  readonly sourceName: string;
  readonly snapshotAt: Date;
  readonly serverName: string | null;
  readonly run: RunDtoRow;
};

export function toRestoreDto(row: RestoreDtoRow, joined: RestoreJoined): RestoreDto {
  return {
    id: row.id,
    runId: row.runId,
    backupId: row.backupId,
    sourceName: joined.sourceName,
    snapshotAt: joined.snapshotAt.toISOString(),
    wantedAt: row.wantedAt?.toISOString() ?? null,
    estimatedMs: row.estimatedMs,
    serverId: row.serverId,
    serverName: joined.serverName,
    database: row.database,
    targetPath: row.targetPath,
    mode: row.mode,
    content: row.content,
    owners: row.owners,
    jobs: row.jobs,
    tables: row.tables,
    run: toRunDto(joined.run, { sourceName: joined.sourceName }),
    createdAt: row.createdAt.toISOString(),
  };
}
