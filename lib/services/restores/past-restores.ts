import { and, desc, eq, isNotNull, isNull, sql } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { restores } from "#lib/db/schema/restores";
import { runs } from "#lib/db/schema/runs";
import type { SourceEngine } from "#lib/domain/backup-state";
import { estimateRestore, type PastRestore, type RestoreEstimate, restoresToJudgeBy } from "#lib/domain/restore-estimate";

type Planned = { readonly bytes: number; readonly sourceId: string; readonly engine: SourceEngine };

/** How long a restore should take, by past ones of everything in a backup; a part of it says nothing about the whole. */
export async function loadEstimate(db: Database | Transaction, { bytes, sourceId, engine }: Planned): Promise<RestoreEstimate | null> {
  const source = await loadPast(db, engine, sourceId);
  const installation = source.length > 0 ? [] : await loadPast(db, engine, null);
  return estimateRestore(bytes, { source, installation });
}

async function loadPast(db: Database | Transaction, engine: SourceEngine, sourceId: string | null): Promise<PastRestore[]> {
  return db
    .select({
      bytes: backups.streamBytes,
      milliseconds: sql<number>`(extract(epoch from ${runs.finishedAt} - ${runs.startedAt}) * 1000)::float8`,
    })
    .from(runs)
    .innerJoin(restores, eq(restores.runId, runs.id))
    .innerJoin(backups, eq(backups.id, restores.backupId))
    .where(
      and(
        eq(runs.type, "restore"),
        eq(runs.state, "succeeded"),
        sourceId === null ? undefined : eq(runs.sourceId, sourceId),
        eq(restores.content, "all"),
        sql`${restores.tables} = '[]'::jsonb`,
        engine === "sqlite" ? isNull(restores.serverId) : isNotNull(restores.serverId),
        isNotNull(runs.startedAt),
      ),
    )
    .orderBy(desc(runs.queuedAt), desc(runs.id))
    .limit(restoresToJudgeBy);
}
