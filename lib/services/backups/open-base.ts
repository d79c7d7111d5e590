import { and, eq } from "drizzle-orm";
import { describeReason } from "#lib/contracts/describe-reason";
import { copies } from "#lib/db/schema/copies";
import type { BackupKind } from "#lib/domain/backup-state";
import { baseFailure, chooseBase, refuseBase } from "#lib/domain/choose-base";
import { type Reason, reasonOf } from "#lib/domain/error";
import type { OpenSnapshot } from "#lib/engines/port";
import type { ChainBase, ChainParameters, PackRef } from "#lib/repository/port";
import { hasOutgrown } from "#lib/repository/segmenter";
import { unlockChains, waitForChain } from "../chains/lock.ts";
import { assertLease, databaseNow } from "../runs/lease.ts";
import type { RunWork } from "../runs/work.ts";
import { loadBase, loadCandidates } from "./choose-base.ts";
import type { LeftOut } from "./open-snapshot.ts";

/** What a member is built upon. Its chain is held (shared) until the run ends. */
export type OpenedBase = {
  readonly chain: ChainParameters;
  readonly baseId: string;
  readonly parentId: string;
  readonly base: ChainBase;
};

type Asked = Exclude<BackupKind, "full">;

/**
 * Chooses, holds and opens what a member is built upon, or says why a full begins a new chain instead. Only what speaks of the base
 * itself makes a full; a disk that does not answer is thrown, as are `chain-locked`, `lease-lost` and the signal's reason.
 */
export async function openBase(
  work: RunWork,
  sourceId: string,
  asked: { kind: Asked; leftOut: LeftOut; snapshot: Pick<OpenSnapshot, "extension" | "estimatedBytes"> },
): Promise<OpenedBase | Reason> {
  const { db, deps, run, signal } = work;
  const { extension, estimatedBytes } = asked.snapshot;
  const choice = chooseBase(asked.kind, await loadCandidates(db, { id: sourceId, extension }, asked.leftOut));
  if ("reason" in choice) return choice.reason;
  const { backupId, chainId } = choice;
  // Held before anything is looked at: what is found to be there then stays.
  const held = await waitForChain(db, { chainId, holder: run.id, mode: "shared", leaseMs: deps.leaseMs }, signal);
  const known = held ? await loadBase(db, backupId, deps.destination.id) : null;
  const refusal: Reason | null =
    known === null
      ? { code: "base-missing", params: { backupId, key: "" } }
      : refuseBase({
          packs: known.packs,
          streamBytes: known.streamBytes,
          averageSegmentBytes: known.chain.averageSegmentBytes,
          // The size of a file is its stream's; that of a database says little about the archive.
          outgrown: hasOutgrown(known.chain.averageSegmentBytes, extension === "db" ? estimatedBytes : known.streamBytes),
        });
  if (known === null || refusal !== null) return letGo(work, refusal ?? { code: "no-base", params: {} });
  try {
    const base = await deps.repository.openBase(known.refs, signal);
    return { chain: known.chain, baseId: known.fullId, parentId: backupId, base };
  } catch (error) {
    signal.throwIfAborted();
    const reason = baseFailure(backupId, reasonOf(error));
    if (reason === null) throw error;
    await markLost(work, known.refs, reasonOf(error));
    return letGo(work, reason);
  }
}

async function letGo({ db, run }: RunWork, reason: Reason): Promise<Reason> {
  await unlockChains(db, run.id);
  return reason;
}

/** What was just found out about a pack is kept with its copy, so that the chain is shown as broken. */
async function markLost({ db, deps, lease }: RunWork, refs: readonly PackRef[], thrown: Reason): Promise<void> {
  const lost = refs.find((ref) => ref.key === thrown.params.key);
  if (lost === undefined || thrown.code === "chain-too-large") return;
  const state = thrown.code === "pack-missing" ? ("missing" as const) : ("damaged" as const);
  await db.transaction(async (tx) => {
    await assertLease(tx, lease);
    await tx
      .update(copies)
      .set({ state, failedAt: databaseNow, failure: thrown })
      .where(and(eq(copies.backupId, lost.backupId), eq(copies.destinationId, deps.destination.id)));
  });
}

/** What a run log and a backup's warnings say about a member that became a full. */
export function whyFull(asked: BackupKind, reason: Reason): string {
  const { message } = describeReason(reason);
  return `${asked === "differential" ? "a differential" : "an incremental"} backup was asked for, a full in a new chain is made: ${message}`;
}
