import { eq } from "drizzle-orm";
import { join } from "node:path";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError, reasonOf } from "#lib/domain/error";
import { recordAudit } from "../audit/record.ts";
import { finishRun } from "../runs/finish.ts";
import { assertLease, tokenOf } from "../runs/lease.ts";
import { actAs, type RunWork } from "../runs/work.ts";
import { keepArchiveHead } from "./archive-head.ts";
import { discardBackup } from "./discard.ts";
import { loadBackupFacts } from "./facts.ts";
import { type OpenBackup, openBackup } from "./open-backup.ts";
import { commitStored, type DumpedBackup, recordWritten, rereadOutcome } from "./record-written.ts";

/**
 * Makes a full backup. Order: intent row, bytes under a temporary name, exit code and stream end, checksums onto the intent row,
 * rename, sidecar, re-read, and only then the row that people see. What fails or is cancelled before that leaves nothing.
 */
export async function executeBackup(work: RunWork): Promise<void> {
  const { reporter } = work;
  const opened = await reporter.step("prepare", () => openBackup(work), openedFacts);
  let dumped: DumpedBackup | null = null;
  try {
    dumped = await reporter.step("dump", () => dump(work, opened), dumpedFacts);
    await publish(work, opened, dumped);
    await commit(work, opened, dumped);
  } catch (error) {
    await cleanUp(work, opened, dumped, error);
    throw error;
  } finally {
    await opened.snapshot.close();
  }
}

function openedFacts(opened: OpenBackup) {
  const { serverVersion, toolVersion, estimatedBytes } = opened.snapshot;
  return { serverVersion, toolVersion, estimatedBytes };
}

function dumpedFacts({ written, result }: DumpedBackup) {
  return { streamBytes: written.stream.bytes, storedBytes: written.pack.bytes, tables: result.tables.length };
}

async function dump(work: RunWork, opened: OpenBackup): Promise<DumpedBackup> {
  const { deps, reporter, signal, engineContext } = work;
  const { snapshot } = opened;
  // Without a backup before it there is no honest total: the server's sizes say little about the stream.
  const usualBytes = opened.history[0]?.streamBytes ?? null;
  const headPath = join(engineContext.workDir, "archive-head");
  const head = keepArchiveHead(headPath);
  reporter.restart({ bytesTotal: usualBytes });
  const written = await deps.repository.writeFull({
    key: opened.key,
    packId: opened.packId,
    backupId: opened.backupId,
    chain: opened.chain,
    token: tokenOf(work.lease),
    streamName: "base",
    chunks: head.tee(snapshot.chunks()),
    signal,
    onProgress: ({ streamBytes }) => {
      const bytesTotal = usualBytes !== null && streamBytes <= usualBytes ? usualBytes : null;
      reporter.progress({ ...snapshot.progress(), bytesDone: streamBytes, bytesTotal });
    },
  });
  try {
    const result = await snapshot.finish();
    signal.throwIfAborted();
    if (written.stream.bytes === 0) throw new LifeboatError("tool-empty-output", { tool: "pg_dump" });
    for (const warning of result.warnings) reporter.log("warning", warning);
    if (!result.digestsFromStream) reporter.log("warning", "the archive's version is not known: row counts come from SQL");
    const tablesDone = result.tables.filter((table) => !table.excluded).length;
    reporter.progress({
      bytesDone: written.stream.bytes,
      bytesTotal: written.stream.bytes,
      tablesDone,
      tablesTotal: tablesDone,
      currentTable: null,
    });
    return { written, result, listing: head.isComplete() ? await list(work, headPath) : "" };
  } catch (error) {
    await written.discard();
    throw error;
  }
}

/** The listing is a convenience here: a verification makes it again from the stored pack. */
async function list(work: RunWork, headPath: string): Promise<string> {
  try {
    return await work.deps.engine.listArchive(headPath, work.engineContext);
  } catch (error) {
    work.signal.throwIfAborted();
    work.reporter.log("warning", `the archive could not be listed yet: ${reasonOf(error).code}`);
    return "";
  }
}

async function publish(work: RunWork, opened: OpenBackup, dumped: DumpedBackup): Promise<void> {
  const { db, deps, reporter } = work;
  await reporter.step("publish", async () => {
    await db.transaction(async (tx) => {
      await assertLease(tx, work.lease);
      await recordWritten(tx, opened, dumped);
    });
    work.signal.throwIfAborted();
    await dumped.written.publish();
    await deps.repository.writeSidecar(await loadBackupFacts(db, opened.backupId), tokenOf(work.lease));
  });
}

async function commit(work: RunWork, opened: OpenBackup, dumped: DumpedBackup): Promise<void> {
  const { db, deps, run, reporter, signal } = work;
  const { pack, stream } = dumped.written;
  const startedMs = performance.now();
  reporter.restart({ bytesTotal: pack.storedBytes });
  const outcome = await reporter.step("reread", async () => {
    const found = await deps.repository.reread(pack, signal, (bytesDone) => reporter.progress({ bytesDone }));
    return rereadOutcome(pack, found);
  });
  reporter.log("info", `stored ${stream.bytes} bytes as ${pack.bytes}, SHA-256 of the stream ${stream.sha256}`);
  await reporter.flush();
  signal.throwIfAborted();
  await db.transaction(async (tx) => {
    await assertLease(tx, work.lease);
    await commitStored(tx, deps.context, {
      backupId: opened.backupId,
      destinationId: deps.destination.id,
      runId: run.id,
      checks: [outcome],
      durationMs: performance.now() - startedMs,
    });
    await tx.update(servers).set({ serverVersion: opened.snapshot.serverVersion }).where(eq(servers.id, opened.source.serverId));
    const { estimatedBytes } = opened.snapshot;
    if (estimatedBytes !== null) await tx.update(sources).set({ sizeBytes: estimatedBytes }).where(eq(sources.id, opened.source.id));
    await recordAudit(tx, actAs(deps, run), {
      action: "backup.created",
      targetType: "backup",
      targetId: opened.backupId,
      targetName: opened.source.name,
      after: { runId: run.id, sourceId: opened.source.id, streamBytes: stream.bytes, storedBytes: pack.bytes, sha256: stream.sha256 },
    });
    await finishRun(tx, work.lease, { state: "succeeded", warnings: dumped.result.warnings, backupId: opened.backupId });
  });
}

/**
 * Removes what this claim left. When the lease is gone, somebody else decides about the row and what was published (perhaps it
 * was adopted): then only the temporary file, which nobody else can mean, is removed.
 */
async function cleanUp(work: RunWork, opened: OpenBackup, dumped: DumpedBackup | null, error: unknown): Promise<void> {
  try {
    await dumped?.written.discard();
    if (reasonOf(error).code === "lease-lost") return;
    await discardBackup(work.db, work.deps, opened.backupId, { before: (tx) => assertLease(tx, work.lease) });
  } catch (cause) {
    work.deps.logger.warn("leftovers of a failed backup wait for the sweep", { runId: work.run.id, error: cause });
  }
}
