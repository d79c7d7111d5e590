import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LifeboatError } from "#lib/domain/error";
import { groupTicks } from "#lib/exec/group-ticks";
import { runTool } from "#lib/exec/run-tool";
import type { EngineContext, LoadResult } from "../port.ts";
import type { PinnedAddress } from "./address.ts";
import type { ArchiveHeader, TocEntry } from "./archive-format.ts";
import { ArchiveReader } from "./archive-reader.ts";
import { libpqEnvironment } from "./connection.ts";
import { lastLines } from "./connection-errors.ts";
import type { Deps } from "./engine-options.ts";
import { listFile } from "./restore-list.ts";
import { RestoreLog } from "./restore-errors.ts";
import { StallWatch } from "./stall-watch.ts";
import { waitWatched } from "./watched-read.ts";

/** Reads an archive's header and table of contents and no further. Null when its version is not known. */
export async function readArchiveFront(
  archivePath: string,
): Promise<{ readonly header: ArchiveHeader; readonly entries: readonly TocEntry[] } | null> {
  const reader = new ArchiveReader();
  for await (const bytes of createReadStream(archivePath, { highWaterMark: 1_048_576 })) {
    reader.push(bytes as Buffer);
    if (reader.tocRead) break;
  }
  const { header, entries } = reader.end().facts;
  return reader.tocRead && header !== null ? { header, entries } : null;
}

/** Its entries alone. */
export async function readToc(archivePath: string): Promise<readonly TocEntry[] | null> {
  return (await readArchiveFront(archivePath))?.entries ?? null;
}

export type PgRestore = {
  /** Folder of the tools. */
  readonly binDir: string;
  readonly address: PinnedAddress;
  readonly database: string;
  readonly archivePath: string;
  /** Beside format, verbosity, database and archive; no names. */
  readonly args: readonly string[];
  /** Dump ids of the entries to restore; null for all. */
  readonly only: readonly number[] | null;
  /** Number of entries, for progress. */
  readonly total: number;
  readonly onEntry: (done: number, total: number, entry: string) => void;
};

/** Runs `pg_restore` under watch and returns every error that it told. Throws `tool-killed`, `connection-lost`, `server-stalled`. */
export async function runPgRestore(deps: Deps, what: PgRestore, context: EngineContext): Promise<LoadResult> {
  const { address, database, total } = what;
  const env = await libpqEnvironment(address, database, context);
  const listPath = join(context.workDir, "restore.list");
  if (what.only !== null) await writeFile(listPath, listFile(what.only), { mode: 0o600 });
  const log = new RestoreLog();
  const { signal, stop } = stoppable(context.signal);
  const { stallMs, lookMs } = deps.options;
  let group: number | null = null;
  const watch = new StallWatch({
    address,
    database,
    stallMs,
    lookMs,
    applicationName: context.applicationName,
    clientTicks: async () => (group === null ? null : await groupTicks(group)),
  });
  const running = runTool({
    file: join(what.binDir, "pg_restore"),
    // An empty database: its name stands in PGDATABASE, where it is taken literally.
    args: [
      "--format=custom",
      "--verbose",
      "--no-password",
      "--dbname=",
      ...what.args,
      ...(what.only === null ? [] : [`--use-list=${listPath}`]),
      "--",
      what.archivePath,
    ],
    env,
    // Nobody knows how long a load takes; cancel and lost connections end it.
    timeoutMs: null,
    signal,
    onStart: (pid) => (group = pid),
    onLine: (stream, line) => {
      if (stream === "stderr" && log.line(line)) what.onEntry(Math.min(log.entriesDone, total), total, log.currentEntry);
    },
  });
  const result = await waitWatched(running, stallMs, async (ms) => await watch.check(ms)).catch(async (error: unknown) => {
    stop();
    await running.catch(() => undefined);
    throw error;
  });
  log.end();
  context.signal.throwIfAborted();
  if (result.signal !== null) throw new LifeboatError("tool-killed", { tool: "pg_restore", signal: result.signal });
  const { errors } = log;
  if (result.exitCode !== 0 && errors.length === 0) errors.push({ class: "other", entry: "", message: lastLines(result.stderr) });
  if (log.total > errors.length) errors.push({ class: "other", entry: "", message: `${log.total - errors.length} more errors` });
  return { errors, exitCode: result.exitCode ?? 1 };
}

/** A signal that follows another one and can be stopped by itself. */
function stoppable(outer: AbortSignal): { signal: AbortSignal; stop: () => void } {
  const inner = new AbortController();
  return { signal: AbortSignal.any([outer, inner.signal]), stop: () => inner.abort() };
}
