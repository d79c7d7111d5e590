import { eq } from "drizzle-orm";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import { recordAudit } from "../audit/record.ts";
import { finishRun } from "../runs/finish.ts";
import { actAs, type RunWork } from "../runs/work.ts";
import { type OpenBackup, openBackup, type OpenSource, openSource } from "./open-backup.ts";
import type { DumpedBackup } from "./record-written.ts";
import { retainLast } from "./retain.ts";
import { discardUnfinished, publishPack, rereadAndCommit } from "./store-pack.ts";
import { storeStream } from "./store-stream.ts";

/**
 * Makes a backup. Order: intent row, bytes under a temporary name, exit code and stream end, checksums onto the intent row,
 * rename, sidecar, re-read, and only then the row that people see. What fails or is cancelled before that leaves nothing.
 */
export async function executeBackup(work: RunWork): Promise<void> {
  const ready = await work.reporter.step("prepare", () => openSource(work), sourceFacts);
  try {
    await store(work, await openBackup(work, ready));
  } finally {
    await ready.snapshot.close();
  }
  if (ready.source.keepLast !== null) await retain(work, ready.source.id);
}

/** The backup is made and its run is over: what the source keeps no longer gets runs of its own. What fails here comes again with the next one. */
async function retain({ db, deps, run, reporter }: RunWork, sourceId: string): Promise<void> {
  try {
    const retained = await db.transaction((tx) => retainLast(tx, deps.context, sourceId));
    for (const removal of retained?.runs ?? []) {
      reporter.log("info", `run ${removal.id} removes what is kept no longer`);
      await deps.context.wake(removal.id, removal.workerGroup);
    }
    if (retained?.decisions[0]?.verdict === "keep" && retained.decisions[0].reason === "clock") {
      reporter.log("warning", "nothing old is removed: a backup was finished later than now, so a clock is wrong");
    }
  } catch (error) {
    deps.logger.warn("old backups were not removed; the next backup tries again", { runId: run.id, sourceId, error });
  }
}

async function store(work: RunWork, opened: OpenBackup): Promise<void> {
  const { intent, base, snapshot, history, warnings } = opened;
  let dumped: DumpedBackup | null = null;
  try {
    // Without a backup before it there is no honest total: the server's sizes say little about the stream.
    const usualBytes = history[0]?.streamBytes ?? null;
    const told = await work.reporter.step("dump", () => storeStream(work, intent, { snapshot, base, usualBytes }), dumpedFacts);
    dumped = { ...told, result: { ...told.result, warnings: [...warnings, ...told.result.warnings] } };
    await publishPack(work, intent, dumped, history);
    await commit(work, opened, dumped);
  } catch (error) {
    await discardUnfinished(work, intent, dumped, error);
    throw error;
  }
}

function sourceFacts({ snapshot }: OpenSource) {
  const { serverVersion, toolVersion, estimatedBytes } = snapshot;
  return { serverVersion, toolVersion, estimatedBytes };
}

function dumpedFacts({ written, result }: DumpedBackup) {
  return {
    streamBytes: written.stream.bytes,
    storedBytes: written.pack.bytes,
    tables: result.tables.length,
    segments: written.stream.segments,
    newSegments: written.newSegments,
  };
}

async function commit(work: RunWork, opened: OpenBackup, dumped: DumpedBackup): Promise<void> {
  const { deps, run } = work;
  const { intent, source, snapshot } = opened;
  const { pack, stream } = dumped.written;
  await rereadAndCommit(work, intent, dumped, async (tx) => {
    if (source.serverId !== null) {
      await tx.update(servers).set({ serverVersion: snapshot.serverVersion }).where(eq(servers.id, source.serverId));
    }
    const { estimatedBytes } = snapshot;
    if (estimatedBytes !== null) await tx.update(sources).set({ sizeBytes: estimatedBytes }).where(eq(sources.id, source.id));
    await recordAudit(tx, actAs(deps, run), {
      action: "backup.created",
      targetType: "backup",
      targetId: intent.backupId,
      targetName: source.name,
      after: {
        runId: run.id,
        sourceId: source.id,
        kind: intent.kind,
        streamBytes: stream.bytes,
        storedBytes: pack.bytes,
        sha256: stream.sha256,
      },
    });
    await finishRun(tx, work.lease, { state: "succeeded", warnings: dumped.result.warnings, backupId: intent.backupId });
  });
}
