import { eq } from "drizzle-orm";
import { backupDependencies } from "#lib/db/schema/backup-dependencies";
import { backups, type ImportedFile } from "#lib/db/schema/backups";
import { chains } from "#lib/db/schema/chains";
import { copies } from "#lib/db/schema/copies";
import { packs } from "#lib/db/schema/packs";
import type { BackupKind, BackupOrigin, StreamExtension } from "#lib/domain/backup-state";
import type { Reason } from "#lib/domain/error";
import { makeId } from "#lib/domain/ids";
import type { ChainParameters, PackRef } from "#lib/repository/port";
import { lockChain } from "../chains/lock.ts";
import { assertLease } from "../runs/lease.ts";
import type { RunWork } from "../runs/work.ts";

/** The layout that `docs/format.md` describes. */
const formatVersion = 1;

/** What is known of a backup before its first byte. */
export type IntentPlan = {
  readonly source: { readonly id: string; readonly slug: string };
  readonly kind: BackupKind;
  readonly origin: BackupOrigin;
  readonly chain: ChainParameters & { readonly isNew: boolean };
  readonly extension: StreamExtension;
  readonly database: string;
  readonly snapshotAt: Date;
  readonly serverVersion: string;
  readonly toolVersion: string;
  readonly baseId?: string | null;
  readonly parentId?: string | null;
  readonly askedKind?: BackupKind | null;
  readonly kindReason?: Reason | null;
  readonly derivedFromId?: string | null;
  /** By the catalogue's clock; when the run started unless told. */
  readonly dataTakenAt?: Date;
  readonly imported?: ImportedFile | null;
  /** Packs that the recipe may name: until it is known which it does, nobody may remove any of them. */
  readonly candidates?: readonly PackRef[];
};

/** A backup whose intent row stands. */
export type Intent = {
  readonly backupId: string;
  readonly packId: string;
  readonly key: string;
  readonly kind: BackupKind;
  readonly chain: ChainParameters;
};

/** Parameters of a chain that begins with this backup; `estimatedBytes` of its stream decides about the segments' average size. */
export function beginChain({ deps }: RunWork, estimatedBytes: number | null): IntentPlan["chain"] {
  return {
    chainId: makeId("chain", deps.context.newUuid()),
    seed: deps.randomHex(16),
    averageSegmentBytes: deps.repository.averageSegmentBytes(estimatedBytes),
    isNew: true,
  };
}

/**
 * Writes the intent row (state `writing`) with its pack, copy and candidates, and holds the chain (shared) until the run ends. From
 * here on whatever lies in storage under the key belongs to a row. Throws `lease-lost`, and `chain-locked` for a chain that is there.
 */
export async function recordIntent(work: RunWork, plan: IntentPlan): Promise<Intent> {
  const { db, deps, run, lease } = work;
  const { newUuid, now } = deps.context;
  const { source, kind, snapshotAt, extension } = plan;
  const { isNew, ...chain } = plan.chain;
  const backupId = makeId("backup", newUuid());
  const packId = makeId("pack", newUuid());
  const copyId = makeId("copy", newUuid());
  const key = deps.repository.packKey({ sourceSlug: source.slug, chainId: chain.chainId, snapshotAt, kind, backupId, extension });
  await db.transaction(async (tx) => {
    await assertLease(tx, lease);
    // Said twice when the connection broke between the commit and its answer.
    const written = await tx.select({ id: backups.id }).from(backups).where(eq(backups.id, backupId));
    if (written.length > 0) return;
    if (isNew) {
      const { chainId: id, ...parameters } = chain;
      await tx.insert(chains).values({ id, sourceId: source.id, ...parameters, formatVersion, createdAt: now() });
    }
    await lockChain(tx, { chainId: chain.chainId, holder: run.id, mode: "shared", leaseMs: deps.leaseMs });
    await tx.insert(backups).values({
      id: backupId,
      sourceId: source.id,
      chainId: chain.chainId,
      runId: run.id,
      kind,
      origin: plan.origin,
      extension,
      baseId: plan.baseId ?? null,
      parentId: plan.parentId ?? null,
      askedKind: plan.askedKind ?? null,
      kindReason: plan.kindReason ?? null,
      derivedFromId: plan.derivedFromId ?? null,
      imported: plan.imported ?? null,
      state: "writing",
      fencingToken: lease.fencingToken,
      trigger: run.trigger,
      reason: run.reason,
      note: run.note,
      database: plan.database,
      snapshotAt,
      startedAt: run.startedAt ?? now(),
      dataTakenAt: plan.dataTakenAt ?? null,
      serverVersion: plan.serverVersion,
      toolVersion: plan.toolVersion,
      fileName: key.slice(key.lastIndexOf("/") + 1),
      createdByType: run.createdByType,
      createdById: run.createdById,
      createdByName: run.createdByName,
    });
    await tx.insert(packs).values({ id: packId, backupId, key, bytes: 0, packSha256: "", storedBytes: 0, storedSha256: "" });
    await tx.insert(copies).values({ id: copyId, backupId, sourceId: source.id, destinationId: deps.destination.id, state: "writing" });
    const candidates = plan.candidates ?? [];
    if (candidates.length > 0) {
      await tx.insert(backupDependencies).values(
        candidates.map((pack) => ({
          backupId,
          needsId: pack.backupId,
          reason: "packs" as const,
          packId: pack.packId,
          packKey: pack.key,
        })),
      );
    }
  });
  return { backupId, packId, key, kind, chain };
}
