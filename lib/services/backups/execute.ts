import { eq } from "drizzle-orm";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import { recordAudit } from "../audit/record.ts";
import { cleanUpAfterBackup } from "../policies/after-backup.ts";
import { finishRun } from "../runs/finish.ts";
import { actAs, type RunWork } from "../runs/work.ts";
import { type OpenBackup, openBackup, type OpenSource, openSource } from "./open-backup.ts";
import type { DumpedBackup } from "./record-written.ts";
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
  await cleanUpAfterBackup(work, ready.source.id);
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
