import { and, desc, eq, isNotNull, isNull, sql } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { restores } from "#lib/db/schema/restores";
import { runs } from "#lib/db/schema/runs";
import { estimateRestore, type PastRestore, type RestoreEstimate, restoresToJudgeBy } from "#lib/domain/restore-estimate";
import type { RestoreOrder } from "./resolve-order.ts";

/** How long the restore should take, by past ones of everything in a backup; a part of it says nothing about the whole. */
export async function loadEstimate(db: Database | Transaction, { backup, source }: RestoreOrder): Promise<RestoreEstimate | null> {
  const ofSource = await loadPast(db, source.engine, source.id);
  const ofInstallation = ofSource.length > 0 ? [] : await loadPast(db, source.engine, null);
  return estimateRestore(backup.streamBytes, { source: ofSource, installation: ofInstallation });
}

async function loadPast(
  db: Database | Transaction,
  engine: RestoreOrder["source"]["engine"],
  sourceId: string | null,
): Promise<PastRestore[]> {
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
