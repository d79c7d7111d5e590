import { LifeboatError } from "#lib/domain/error";
import type { SidecarFacts } from "#lib/repository/sidecar-schema";
import { type BackupFacts, packRef } from "#lib/services/backups/facts";

/** The catalogue's rows as the sidecar tells them; `recipe` is what `recipeLines` made of the packs. Throws for a backup that has not ended. */
export function sidecarOf(facts: BackupFacts, installationId: string, recipe?: string): SidecarFacts {
  const { source, server, chain, stream } = facts;
  const { backupId: _backupId, ...pack } = packRef(facts.pack);
  return {
    installationId,
    backup: backupOf(facts),
    source: {
      id: source.id,
      slug: source.slug,
      name: source.name,
      engine: source.engine,
      database: source.database,
      environment: source.environment,
      path: source.path,
      workerGroup: source.workerGroup,
    },
    server: server && { id: server.id, slug: server.slug, name: server.name, host: server.host, port: server.port },
    chain: {
      id: chain.id,
      seed: chain.seed,
      averageSegmentBytes: chain.averageSegmentBytes,
      formatVersion: chain.formatVersion,
      createdAt: chain.createdAt.toISOString(),
    },
    supersedes: facts.supersedes.flatMap((old) =>
      old.retiredAt === null ? [] : [{ chainId: old.id, retiredAt: old.retiredAt.toISOString() }],
    ),
    dependencies: facts.needs.map(({ dependency }) => ({ backupId: dependency.needsId, reason: dependency.reason })),
    streams: [{ name: stream.name, bytes: stream.bytes, sha256: stream.sha256, rootHash: stream.rootHash, segments: stream.segments }],
    packs: [pack],
    needs: needsOf(facts),
    ...(recipe === undefined ? {} : { recipe }),
    tables: facts.tables.map(({ schema, table, rows, bytes, sha256, excluded }) => ({ schema, table, rows, bytes, sha256, excluded })),
    manifest: facts.backup.manifest,
    warnings: facts.backup.warnings,
    anomalies: facts.backup.anomalies,
  };
}

function backupOf({ backup }: BackupFacts): SidecarFacts["backup"] {
  if (backup.finishedAt === null) throw new LifeboatError("internal");
  return {
    id: backup.id,
    runId: backup.runId,
    kind: backup.kind,
    baseId: backup.baseId,
    parentId: backup.parentId,
    askedKind: backup.askedKind,
    kindReason: backup.kindReason,
    derivedFromId: backup.derivedFromId,
    dataTakenAt: backup.dataTakenAt?.toISOString() ?? null,
    extension: backup.extension,
    imported: backup.imported,
    origin: backup.origin,
    trigger: backup.trigger,
    reason: backup.reason,
    label: backup.label,
    note: backup.note,
    pinned: backup.pinned,
    database: backup.database,
    snapshotAt: backup.snapshotAt.toISOString(),
    startedAt: backup.startedAt.toISOString(),
    finishedAt: backup.finishedAt.toISOString(),
    serverVersion: backup.serverVersion,
    toolVersion: backup.toolVersion,
    fileName: backup.fileName,
    fencingToken: backup.fencingToken,
    createdBy: { type: backup.createdByType, id: backup.createdById, name: backup.createdByName },
  };
}

function needsOf({ needs }: BackupFacts): NonNullable<SidecarFacts["needs"]> {
  return needs.map(({ dependency, pack }) => {
    const { readBytes, ranges } = dependency;
    if (pack !== null) return { ...packRef(pack), readBytes, ranges };
    return { packId: dependency.packId, backupId: dependency.needsId, key: dependency.packKey, readBytes, ranges };
  });
}
