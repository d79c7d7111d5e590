import { eq } from "drizzle-orm";
import { backups } from "#lib/db/schema/backups";
import { chains } from "#lib/db/schema/chains";
import { copies } from "#lib/db/schema/copies";
import { packs } from "#lib/db/schema/packs";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import { makeId } from "#lib/domain/ids";
import { estimateStoredBytes, fits, neededBytes } from "#lib/domain/space";
import type { OpenSnapshot } from "#lib/engines/port";
import type { ChainParameters } from "#lib/repository/port";
import { lockChain } from "../chains/lock.ts";
import { assertLease } from "../runs/lease.ts";
import type { RunWork } from "../runs/work.ts";
import { recordTarget } from "../restores/target-identity.ts";
import { addressOf } from "../servers/address.ts";
import { getServerOrThrow } from "../servers/execute-check.ts";
import { backupOrder } from "./backup-order.ts";
import { loadHistory, type PastBackup } from "./history.ts";

/** The layout that `docs/format.md` describes. */
const formatVersion = 1;

/** A backup whose snapshot is open and whose intent row stands, before the first byte. */
export type OpenBackup = {
  readonly backupId: string;
  readonly packId: string;
  readonly key: string;
  readonly chain: ChainParameters;
  readonly source: typeof sources.$inferSelect;
  readonly snapshot: OpenSnapshot;
  readonly history: readonly PastBackup[];
};

/**
 * Checks everything that can be known before the dump, opens the snapshot and writes the intent row. Throws `not-found`,
 * `source-paused`, `no-space` with numbers, the destination's and the engine's own refusals. Nothing stays behind when it throws.
 */
export async function openBackup(work: RunWork): Promise<OpenBackup> {
  const { db, deps, run, reporter } = work;
  const [source] = await db
    .select()
    .from(sources)
    .where(eq(sources.id, run.sourceId ?? ""));
  if (source === undefined || source.removedAt !== null) throw new LifeboatError("not-found", { entity: "source", id: run.sourceId ?? "" });
  const { everything } = backupOrder.parse(run.input);
  if (source.pausedAt !== null && !everything) throw new LifeboatError("source-paused", { source: source.name });
  const leftOut = everything ? { excludedSchemas: [], excludedTables: [] } : source;
  const server = await getServerOrThrow(db, source.serverId);
  await deps.prepareDestination();
  const history = await loadHistory(db, source.id, leftOut);
  const address = addressOf(deps.context.keyring, server, "backup");
  const snapshot = await deps.engine.snapshot(
    {
      address,
      database: source.database,
      excludedSchemas: leftOut.excludedSchemas,
      excludedTables: leftOut.excludedTables,
      lockWaitSeconds: Math.max(1, Math.round(deps.lockWaitMs / 1000)),
    },
    work.engineContext,
  );
  try {
    reporter.log("info", `server ${snapshot.serverVersion}, pg_dump ${snapshot.toolVersion}`);
    await recordTarget(work, address, source.database);
    await assertSpace(work, snapshot, history[0] ?? null);
    return await recordIntent(work, { source, snapshot, history });
  } catch (error) {
    await snapshot.close();
    throw error;
  }
}

/** Refuses before starting when the estimate does not fit; the write itself still finds out what an estimate cannot know. */
async function assertSpace(work: RunWork, snapshot: OpenSnapshot, last: PastBackup | null): Promise<void> {
  const { destination } = work.deps;
  const bytes = estimateStoredBytes(snapshot.estimatedBytes, last);
  const space = await destination.storage.space();
  if (bytes === null || fits(bytes, space)) return;
  throw new LifeboatError("no-space", { path: destination.path, freeBytes: space?.freeBytes ?? 0, neededBytes: neededBytes(bytes) });
}

async function recordIntent(work: RunWork, opened: Pick<OpenBackup, "source" | "snapshot" | "history">): Promise<OpenBackup> {
  const { db, deps, run, lease } = work;
  const { source, snapshot } = opened;
  const { newUuid, now } = deps.context;
  const backupId = makeId("backup", newUuid());
  const packId = makeId("pack", newUuid());
  const chain: ChainParameters = {
    chainId: makeId("chain", newUuid()),
    seed: deps.randomHex(16),
    averageSegmentBytes: deps.repository.averageSegmentBytes(snapshot.estimatedBytes),
  };
  const { extension, snapshotAt } = snapshot;
  const key = deps.repository.packKey({
    sourceSlug: source.slug,
    chainId: chain.chainId,
    snapshotAt,
    kind: "full",
    backupId,
    extension,
  });
  const fileName = key.slice(key.lastIndexOf("/") + 1);
  await db.transaction(async (tx) => {
    await assertLease(tx, lease);
    // Said twice when the connection broke between the commit and its answer.
    const written = await tx.select({ id: backups.id }).from(backups).where(eq(backups.id, backupId));
    if (written.length > 0) return;
    await tx.insert(chains).values({
      id: chain.chainId,
      sourceId: source.id,
      seed: chain.seed,
      averageSegmentBytes: chain.averageSegmentBytes,
      formatVersion,
      createdAt: now(),
    });
    await tx.insert(backups).values({
      id: backupId,
      sourceId: source.id,
      chainId: chain.chainId,
      runId: run.id,
      kind: "full",
      state: "writing",
      fencingToken: lease.fencingToken,
      trigger: run.trigger,
      reason: run.reason,
      note: run.note,
      database: source.database,
      snapshotAt,
      startedAt: run.startedAt ?? now(),
      serverVersion: snapshot.serverVersion,
      toolVersion: snapshot.toolVersion,
      fileName,
      createdByType: run.createdByType,
      createdById: run.createdById,
      createdByName: run.createdByName,
    });
    await tx.insert(packs).values({ id: packId, backupId, key, bytes: 0, packSha256: "", storedBytes: 0, storedSha256: "" });
    await tx.insert(copies).values({
      id: makeId("copy", newUuid()),
      backupId,
      sourceId: source.id,
      destinationId: deps.destination.id,
      state: "writing",
    });
    await lockChain(tx, { chainId: chain.chainId, holder: run.id, mode: "shared", leaseMs: deps.leaseMs });
  });
  return { ...opened, backupId, packId, key, chain };
}
