import { eq } from "drizzle-orm";
import { runs } from "#lib/db/schema/runs";
import { LifeboatError } from "#lib/domain/error";
import { makeId } from "#lib/domain/ids";
import { fits, neededBytes } from "#lib/domain/space";
import { recordAudit } from "../audit/record.ts";
import { retireChain } from "../chains/retire.ts";
import { waitForChain } from "../chains/lock.ts";
import { finishRun } from "../runs/finish.ts";
import { assertLease, tokenOf } from "../runs/lease.ts";
import { actAs, type RunWork } from "../runs/work.ts";
import { lookAtCopy, recordVerdict } from "./execute-verify.ts";
import { type BackupFacts, knownBackup, loadBackupFacts } from "./facts.ts";
import { type Intent, recordIntent } from "./record-intent.ts";
import type { DumpedBackup } from "./record-written.ts";
import { discardUnfinished, publishPack, rereadAndCommit } from "./store-pack.ts";
import { type SynthesisOrder, synthesisOrder } from "./synthesis-order.ts";

/**
 * Makes a full out of a member's packs, by copying byte ranges, in the same order of writing as every backup: nothing is visible before
 * it was read back. Its source is not asked for anything. To consolidate, it is verified at once and its chain takes the old one's place.
 */
export async function executeSynthesize(work: RunWork): Promise<void> {
  const { reporter } = work;
  const order = synthesisOrder.parse(work.run.input);
  const from = await reporter.step("prepare", () => prepare(work, order), fromFacts);
  const intent = await openIntent(work, from);
  await store(work, { order, from, intent });
  if (order.consolidate) await consolidate(work, { order, from, intent });
}

type Synthesis = { readonly order: SynthesisOrder; readonly from: BackupFacts; readonly intent: Intent };

async function prepare(work: RunWork, { backupId }: SynthesisOrder): Promise<BackupFacts> {
  const { db, deps, run, signal } = work;
  await deps.prepareDestination();
  const { chain } = await loadBackupFacts(db, backupId);
  const held = await waitForChain(db, { chainId: chain.id, holder: run.id, mode: "shared", leaseMs: deps.leaseMs }, signal);
  if (!held) throw new LifeboatError("not-found", { entity: "chain", id: chain.id });
  const from = await loadBackupFacts(db, backupId);
  if (from.backup.state !== "available") throw new LifeboatError("backup-not-restorable", { backupId, state: from.backup.state });
  const { destination } = deps;
  const space = await destination.storage.space();
  const bytes = bytesToCopy(from);
  if (!fits(bytes, space)) {
    throw new LifeboatError("no-space", { path: destination.path, freeBytes: space?.freeBytes ?? 0, neededBytes: neededBytes(bytes) });
  }
  return from;
}

/** What the recipe names of all packs; of its own pack all of it. */
function bytesToCopy({ pack, needs }: BackupFacts): number {
  return needs.reduce((sum, { dependency }) => sum + dependency.readBytes, pack.storedBytes);
}

function fromFacts(from: BackupFacts) {
  return { from: from.backup.fileName, packs: from.needs.length + 1, bytes: bytesToCopy(from) };
}

/** A chain of its own with the old one's parameters: the frames stay as they are. */
function openIntent(work: RunWork, { backup, chain, source }: BackupFacts): Promise<Intent> {
  return recordIntent(work, {
    source,
    kind: "full",
    origin: "synthetic",
    chain: {
      chainId: makeId("chain", work.deps.context.newUuid()),
      seed: chain.seed,
      averageSegmentBytes: chain.averageSegmentBytes,
      isNew: true,
    },
    extension: backup.extension,
    database: backup.database,
    snapshotAt: backup.snapshotAt,
    serverVersion: backup.serverVersion,
    toolVersion: backup.toolVersion,
    derivedFromId: backup.id,
    dataTakenAt: backup.dataTakenAt ?? backup.startedAt,
    imported: backup.imported,
  });
}

async function store(work: RunWork, { order, from, intent }: Synthesis): Promise<void> {
  const { deps, run, reporter } = work;
  let dumped: DumpedBackup | null = null;
  try {
    dumped = await copyRanges(work, from, intent);
    await publishPack(work, intent, dumped, []);
    const { stream, pack } = dumped.written;
    await rereadAndCommit(work, intent, dumped, async (tx) => {
      await recordAudit(tx, actAs(deps, run), {
        action: "backup.synthesized",
        targetType: "backup",
        targetId: intent.backupId,
        targetName: from.source.name,
        after: { runId: run.id, from: from.backup.id, streamBytes: stream.bytes, storedBytes: pack.bytes, sha256: stream.sha256 },
      });
      // Whatever becomes of the rest of a consolidation, the run made this backup.
      if (order.consolidate) await tx.update(runs).set({ backupId: intent.backupId }).where(eq(runs.id, run.id));
      else await finishRun(tx, work.lease, { state: "succeeded", backupId: intent.backupId });
    });
  } catch (error) {
    reporter.log("warning", "nothing of the synthetic full was kept");
    await discardUnfinished(work, intent, dumped, error);
    throw error;
  }
}

async function copyRanges(work: RunWork, from: BackupFacts, intent: Intent): Promise<DumpedBackup> {
  const { deps, reporter, signal } = work;
  const { tables, backup } = from;
  reporter.restart({ bytesTotal: from.stream.bytes });
  const written = await reporter.step(
    "synthesize",
    () =>
      deps.repository.synthesize({
        from: knownBackup(from),
        key: intent.key,
        packId: intent.packId,
        backupId: intent.backupId,
        chain: intent.chain,
        token: tokenOf(work.lease),
        signal,
        onProgress: ({ streamBytes }) => reporter.progress({ bytesDone: streamBytes }),
      }),
    ({ stream, pack }) => ({ streamBytes: stream.bytes, storedBytes: pack.bytes, segments: stream.segments }),
  );
  return { written, result: { tables, manifest: backup.manifest, warnings: backup.warnings }, listing: backup.listing };
}

/** The full is verified first; only one that passed takes the old chain's place. */
async function consolidate(work: RunWork, { order, from, intent }: Synthesis): Promise<void> {
  const { db, deps, lease, reporter, signal } = work;
  const startedMs = performance.now();
  const facts = await loadBackupFacts(db, intent.backupId);
  const verdict = await lookAtCopy(work, facts);
  signal.throwIfAborted();
  await reporter.setStep("retire", { state: "running" });
  await reporter.flush();
  await db.transaction(async (tx) => {
    await assertLease(tx, lease);
    await recordVerdict(tx, work, facts, verdict, performance.now() - startedMs);
    if (verdict.failure !== null) return finishRun(tx, lease, { state: "failed", error: verdict.failure, backupId: intent.backupId });
    const taken = { chain: from.chain, supersededById: intent.backupId, until: from.backup.snapshotAt };
    const warnings = await retireChain(tx, work, { ...taken, removeOld: order.removeOld });
    for (const warning of warnings) reporter.log("warning", warning);
    // A catalogue that is made again from storage learns from the sidecar whose place the full took.
    await deps.repository.writeSidecar(await loadBackupFacts(tx, intent.backupId), tokenOf(lease));
    await finishRun(tx, lease, { state: "succeeded", backupId: intent.backupId, warnings });
  });
}
