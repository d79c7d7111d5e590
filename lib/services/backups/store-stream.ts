import { join } from "node:path";
import { LifeboatError, reasonOf } from "#lib/domain/error";
import type { OpenSnapshot } from "#lib/engines/port";
import type { ChainBase } from "#lib/repository/port";
import { tokenOf } from "../runs/lease.ts";
import type { RunWork } from "../runs/work.ts";
import { keepArchiveHead } from "./archive-head.ts";
import type { Intent } from "./record-intent.ts";
import type { DumpedBackup } from "./record-written.ts";

/**
 * Writes a snapshot's stream into the intent's pack, under a temporary name, and waits for what the tool says at its end. Nothing of it
 * stays when it throws. `usualBytes` is what such a stream usually has, null where nothing is known.
 */
export async function storeStream(
  work: RunWork,
  intent: Intent,
  stored: { snapshot: OpenSnapshot; base: ChainBase | null; usualBytes: number | null },
): Promise<DumpedBackup> {
  const { deps, reporter, signal, engineContext } = work;
  const { snapshot, usualBytes } = stored;
  const headPath = join(engineContext.workDir, "archive-head");
  const head = snapshot.extension === "dump" ? keepArchiveHead(headPath) : null;
  reporter.restart({ bytesTotal: usualBytes });
  const written = await deps.repository.write({
    key: intent.key,
    packId: intent.packId,
    backupId: intent.backupId,
    kind: intent.kind,
    chain: intent.chain,
    base: stored.base,
    token: tokenOf(work.lease),
    streamName: "base",
    chunks: head === null ? snapshot.chunks() : head.tee(snapshot.chunks()),
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
    return { written, result, listing: head?.isComplete() === true ? await list(work, headPath) : "" };
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
