import type { RunDto } from "#lib/contracts/runs";
import type { SourceDto } from "#lib/contracts/sources";
import type { sources } from "#lib/db/schema/sources";
import { laterOf } from "#lib/domain/later-of";
import { isObjectiveMet, objectiveSeconds } from "#lib/domain/objective";
import type { DrillFacts } from "../drills/plan-facts.ts";

export type SourceRow = typeof sources.$inferSelect;

/** What a source's newest backups and runs tell about it. */
export type SourceLastFacts = {
  readonly lastGood: { readonly id: string; readonly at: Date } | null;
  readonly lastVerifiedAt: Date | null;
  readonly lastProvenAt: Date | null;
  readonly lastRun: RunDto | null;
  readonly activeRun: RunDto | null;
};

export type SourceFacts = SourceLastFacts & { readonly backupCount: number; readonly storedBytes: number };

export type SourceJoined = SourceFacts & {
  readonly serverName: string | null;
  readonly serverVersion: string | null;
  readonly drill: DrillFacts | null;
  readonly nextBackupAt: Date | null;
  readonly now: Date;
  readonly retentionPolicyName: string | null;
};

export function toSourceDto(row: SourceRow, joined: SourceJoined): SourceDto {
  const objective = objectiveSeconds(row.expectedEverySeconds);
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    engine: row.engine,
    serverId: row.serverId,
    serverName: joined.serverName,
    serverVersion: joined.serverVersion,
    database: row.database,
    path: row.path,
    retentionPolicyId: row.retentionPolicyId,
    retentionPolicyName: joined.retentionPolicyName,
    incidentAfterFailures: row.incidentAfterFailures,
    environment: row.environment,
    excludedSchemas: row.excludedSchemas,
    excludedTables: row.excludedTables,
    notes: row.notes,
    pausedAt: row.pausedAt?.toISOString() ?? null,
    pausedUntil: row.pausedUntil?.toISOString() ?? null,
    isSample: row.isSample,
    sizeBytes: row.sizeBytes,
    backupCount: joined.backupCount,
    storedBytes: joined.storedBytes,
    lastGoodBackupId: joined.lastGood?.id ?? null,
    lastGoodAt: joined.lastGood?.at.toISOString() ?? null,
    lastVerifiedAt: joined.lastVerifiedAt?.toISOString() ?? null,
    lastProvenAt: laterOf(joined.lastProvenAt, joined.drill?.lastProvenAt ?? null)?.toISOString() ?? null,
    nextBackupAt: joined.nextBackupAt?.toISOString() ?? null,
    objectiveSeconds: objective,
    objectiveMet: isObjectiveMet(joined.lastGood?.at ?? null, objective, joined.now),
    drill: joined.drill === null ? null : toDrillStand(joined.drill),
    lastRun: joined.lastRun,
    activeRun: joined.activeRun,
    version: row.version,
    createdAt: row.createdAt.toISOString(),
  };
}

function toDrillStand({ due, nextDueAt, open, last }: DrillFacts): NonNullable<SourceDto["drill"]> {
  return {
    due,
    nextDueAt: nextDueAt.toISOString(),
    openId: open?.id ?? null,
    lastId: last?.id ?? null,
    lastVerdict: last?.verdict ?? null,
  };
}

/** What the audit trail keeps of a source. */
export function auditedSource(row: SourceRow): Record<string, unknown> {
  return {
    name: row.name,
    ...(row.path === null ? { serverId: row.serverId } : { path: row.path }),
    database: row.database,
    retentionPolicyId: row.retentionPolicyId,
    incidentAfterFailures: row.incidentAfterFailures,
    environment: row.environment,
    excludedSchemas: row.excludedSchemas,
    excludedTables: row.excludedTables,
    notes: row.notes,
    pausedAt: row.pausedAt,
    pausedUntil: row.pausedUntil,
  };
}
