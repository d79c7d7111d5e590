import { open } from "node:fs/promises";
import { LifeboatError } from "#lib/domain/error";
import { openChainBase } from "#lib/repository/chain-base";
import type { CodecPool } from "#lib/repository/codec-pool";
import { packKey, sidecarKey } from "#lib/repository/keys";
import { openStoredBackup } from "#lib/repository/open-stored-backup";
import type { CheckOutcome } from "#lib/repository/port";
import { rereadPack } from "#lib/repository/reread-pack";
import { chooseAverageSegmentBytes } from "#lib/repository/segmenter";
import { readSidecar, type SidecarReading, writeSidecar } from "#lib/repository/sidecar";
import type { SidecarFacts } from "#lib/repository/sidecar-schema";
import { spoolStream } from "#lib/repository/spool-stream";
import { verifyPack } from "#lib/repository/verify-pack";
import { synthesizeFull } from "#lib/repository/synthesize";
import { writePack } from "#lib/repository/write-pack";
import type { Keyring } from "#lib/secrets/keyring";
import type { BackupFacts, KnownPack } from "#lib/services/backups/facts";
import type { PackRepository } from "#lib/services/runs/pack-repository";
import type { Storage } from "#lib/storage/port";

export type RepositoryOptions = {
  readonly storage: Storage;
  readonly keyring: Keyring;
  readonly installationId: string;
  readonly pool: CodecPool;
};

/** Puts `lib/repository` behind the port that executors know. */
export function createPackRepository(options: RepositoryOptions): PackRepository {
  const { storage, keyring, pool } = options;
  return {
    averageSegmentBytes: chooseAverageSegmentBytes,
    packKey,
    openBase: (packs, signal) => openChainBase(storage, packs, signal),
    write: (request) => writePack({ ...request, storage }, { pool }),
    synthesize: (request) => synthesizeFull({ ...request, storage }, { pool }),
    reread: (pack, signal, onBytes) => rereadPack(storage, pack, signal, onBytes),
    verifyPack: (pack, signal, onBytes) =>
      verifyPack({ storage, pack, stream: pack.stream, signal, pool, onProgress: ({ streamBytes }) => onBytes(streamBytes) }),
    spool: (pack, toPath, signal, onBytes) =>
      spoolStream({ storage, pack, stream: pack.stream, toPath, signal, pool, onProgress: ({ streamBytes }) => onBytes(streamBytes) }),
    spoolHead: (pack, path, maxBytes, signal) => spoolHead(options, pack, { path, maxBytes, signal }),
    writeSidecar: (facts, token) =>
      writeSidecar(storage, { packKey: facts.pack.key, token, facts: sidecarOf(facts, options.installationId) }, keyring),
    checkSidecar: async (facts) => sidecarOutcome(facts, await readSidecar(storage, facts.pack.key, keyring)),
    removeSidecar: (key) => storage.remove(sidecarKey(key)),
  };
}

async function spoolHead(
  { storage, pool }: RepositoryOptions,
  pack: KnownPack,
  head: { path: string; maxBytes: number; signal: AbortSignal },
): Promise<void> {
  const stored = await openStoredBackup({
    storage,
    key: pack.key,
    streamName: pack.stream.name,
    packBytes: pack.storedBytes,
    packSha256: pack.storedSha256,
    stream: pack.stream,
    pool,
  });
  try {
    const file = await open(head.path, "wx", 0o600);
    try {
      const range = { offset: 0, length: Math.min(head.maxBytes, stored.streamBytes) };
      for await (const bytes of stored.read(range, head.signal)) await file.write(bytes);
    } finally {
      await file.close();
    }
  } finally {
    await stored.close();
  }
}

/** The catalogue's rows as the sidecar tells them. */
export function sidecarOf(facts: BackupFacts, installationId: string): SidecarFacts {
  const { backup, source, server, chain, pack, stream } = facts;
  if (backup.finishedAt === null) throw new LifeboatError("internal");
  return {
    installationId,
    backup: {
      id: backup.id,
      runId: backup.runId,
      kind: backup.kind,
      baseId: backup.baseId,
      parentId: backup.parentId,
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
    },
    source: {
      id: source.id,
      slug: source.slug,
      name: source.name,
      engine: source.engine,
      database: source.database,
      environment: source.environment,
    },
    server: { id: server.id, slug: server.slug, name: server.name, host: server.host, port: server.port },
    chain: {
      id: chain.id,
      seed: chain.seed,
      averageSegmentBytes: chain.averageSegmentBytes,
      formatVersion: chain.formatVersion,
      createdAt: chain.createdAt.toISOString(),
    },
    dependencies: [],
    streams: [{ name: stream.name, bytes: stream.bytes, sha256: stream.sha256, rootHash: stream.rootHash, segments: stream.segments }],
    packs: [
      {
        packId: pack.id,
        key: pack.key,
        bytes: pack.bytes,
        packSha256: pack.packSha256,
        storedBytes: pack.storedBytes,
        storedSha256: pack.storedSha256,
      },
    ],
    tables: facts.tables.map(({ schema, table, rows, bytes, sha256, excluded }) => ({ schema, table, rows, bytes, sha256, excluded })),
    manifest: backup.manifest,
    warnings: backup.warnings,
    anomalies: backup.anomalies,
  };
}

/** A sidecar passes when this installation signed it and it tells of the very pack that the catalogue knows. */
function sidecarOutcome(facts: BackupFacts, reading: SidecarReading): CheckOutcome {
  const outcome = (actual: string): CheckOutcome => ({
    code: "sidecar",
    verdict: actual === "trusted" ? "passed" : "failed",
    expected: "trusted",
    actual,
  });
  if (reading.state === "untrusted") return outcome(`untrusted (${reading.why})`);
  if (reading.state !== "trusted") return outcome(reading.state);
  const told = reading.facts.packs.find((pack) => pack.packId === facts.pack.id);
  return outcome(reading.facts.backup.id === facts.backup.id && told?.packSha256 === facts.pack.packSha256 ? "trusted" : "another backup");
}
