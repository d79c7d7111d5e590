import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LifeboatError } from "#lib/domain/error";
import { groupTicks } from "#lib/exec/group-ticks";
import { runTool } from "#lib/exec/run-tool";
import type { EngineContext, LoadResult, RestoreRequest } from "../port.ts";
import type { TocEntry } from "./archive-format.ts";
import { ArchiveReader } from "./archive-reader.ts";
import { libpqEnvironment } from "./connection.ts";
import { lastLines } from "./connection-errors.ts";
import { applyProperties } from "./database-properties.ts";
import type { Deps } from "./engine-options.ts";
import { listFile, selectEntries } from "./restore-list.ts";
import { RestoreLog } from "./restore-errors.ts";
import { querySql, reachServer, readVersion, refuseCatalogue } from "./server.ts";
import { StallWatch } from "./stall-watch.ts";
import { pickToolSet, safetyNote } from "./tool-choice.ts";
import { waitWatched } from "./watched-read.ts";

/** Reads an archive's table of contents and no further. Null when its version is not known. */
export async function readToc(archivePath: string): Promise<readonly TocEntry[] | null> {
  const reader = new ArchiveReader();
  for await (const bytes of createReadStream(archivePath, { highWaterMark: 1_048_576 })) {
    reader.push(bytes as Buffer);
    if (reader.tocRead) break;
  }
  const { facts } = reader.end();
  return reader.tocRead && facts.header !== null ? facts.entries : null;
}

/**
 * Loads an archive into the database just created. With `pg_restore` at least two jobs are used: only then does it truncate each new
 * table before its COPY, which keeps the rows in the archive's order and their digests comparable.
 * `content: "data"` brings definitions and rows without indexes, constraints and triggers, because a new database has no tables yet.
 */
export async function load(
  deps: Deps,
  archivePath: string,
  request: RestoreRequest,
  onEntry: (done: number, total: number, entry: string) => void,
  context: EngineContext,
): Promise<LoadResult> {
  const { database } = request;
  const address = await reachServer(request.address, context.signal);
  await refuseCatalogue(address, database, context.applicationName, deps.options.cataloguesAddress ?? null);
  const version = await querySql(address, database, context.applicationName, readVersion);
  const toolSet = pickToolSet(await deps.tools.sets(), version.major, ["pg_restore"], await deps.tools.installer());
  for (const note of safetyNote(toolSet)) context.log("warning", note);
  const env = await libpqEnvironment(address, database, context);
  const toc = await readToc(archivePath);
  const selected = request.tables.length === 0 ? null : selectTables(toc, request);
  const listPath = join(context.workDir, "restore.list");
  if (selected !== null) await writeFile(listPath, listFile(selected), { mode: 0o600 });
  const total = selected?.length ?? toc?.length ?? 0;

  const log = new RestoreLog();
  const { signal, stop } = stoppable(context.signal);
  const { stallMs } = deps.options;
  let group: number | null = null;
  const watch = new StallWatch({
    address,
    database,
    stallMs,
    applicationName: context.applicationName,
    clientTicks: async () => (group === null ? null : await groupTicks(group)),
  });
  const running = runTool({
    file: join(toolSet.path, "pg_restore"),
    args: [...restoreArguments(request), ...(selected === null ? [] : [`--use-list=${listPath}`]), "--", archivePath],
    env,
    // Nobody knows how long a load takes; cancel and lost connections end it.
    timeoutMs: null,
    signal,
    onStart: (pid) => (group = pid),
    onLine: (stream, line) => {
      if (stream === "stderr" && log.line(line)) onEntry(Math.min(log.entriesDone, total), total, log.currentEntry);
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
  errors.push(...(await applyProperties(address, request, version, context)));
  return { errors, exitCode: result.exitCode ?? 1 };
}

/** A signal that follows another one and can be stopped by itself. */
function stoppable(outer: AbortSignal): { signal: AbortSignal; stop: () => void } {
  const inner = new AbortController();
  return { signal: AbortSignal.any([outer, inner.signal]), stop: () => inner.abort() };
}

function selectTables(toc: readonly TocEntry[] | null, { tables }: RestoreRequest): number[] {
  if (toc === null) throw new LifeboatError("format-unknown", { detail: "tables cannot be chosen from an archive of an unknown version" });
  return selectEntries(toc, tables);
}

function restoreArguments({ content, owners, jobs }: RestoreRequest): string[] {
  return [
    "--format=custom",
    "--verbose",
    "--no-password",
    // Empty: the database's name stands in PGDATABASE, where it is taken literally.
    "--dbname=",
    `--jobs=${Math.max(2, jobs)}`,
    ...(owners === "none" ? ["--no-owner", "--no-privileges"] : []),
    ...(content === "schema" ? ["--schema-only"] : []),
    ...(content === "data" ? ["--section=pre-data", "--section=data"] : []),
  ];
}
