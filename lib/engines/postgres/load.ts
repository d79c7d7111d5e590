import { LifeboatError } from "#lib/domain/error";
import type { EngineContext, LoadResult, RestoreRequest } from "../port.ts";
import type { TocEntry } from "./archive-format.ts";
import { applyProperties } from "./database-properties.ts";
import type { Deps } from "./engine-options.ts";
import { readToc, runPgRestore } from "./pg-restore.ts";
import { selectEntries } from "./restore-list.ts";
import { querySql, reachServer, readVersion, refuseCatalogue } from "./server.ts";
import { pickToolSet, safetyNote } from "./tool-choice.ts";

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
  const toc = await readToc(archivePath);
  const only = request.tables.length === 0 ? null : selectTables(toc, request);
  const total = only?.length ?? toc?.length ?? 0;
  const what = { binDir: toolSet.path, address, database, archivePath, args: restoreArguments(request), only, total, onEntry };
  const { errors, exitCode } = await runPgRestore(deps, what, context);
  const unset = await applyProperties(address, request, version, context);
  return { errors: [...errors, ...unset], exitCode, tool: `pg_restore ${toolSet.version}` };
}

function selectTables(toc: readonly TocEntry[] | null, { tables }: RestoreRequest): number[] {
  if (toc === null) throw new LifeboatError("format-unknown", { detail: "tables cannot be chosen from an archive of an unknown version" });
  return selectEntries(toc, tables);
}

function restoreArguments({ content, owners, jobs }: RestoreRequest): string[] {
  return [
    `--jobs=${Math.max(2, jobs)}`,
    ...(owners === "none" ? ["--no-owner", "--no-privileges"] : []),
    ...(content === "schema" ? ["--schema-only"] : []),
    ...(content === "data" ? ["--section=pre-data", "--section=data"] : []),
  ];
}
