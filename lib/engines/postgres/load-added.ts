import { LifeboatError } from "#lib/domain/error";
import type { EngineContext, LoadResult, RestoreRequest } from "../port.ts";
import type { Deps } from "./engine-options.ts";
import { selectInPlace } from "./in-place-list.ts";
import { readAnyToc } from "./any-toc.ts";
import { foreseeDoubled, readFilledTables } from "./load-onto-rows.ts";
import { runPgRestore } from "./pg-restore.ts";
import { querySql, reachServer, readVersion, refuseCatalogue } from "./server.ts";
import { pickToolSet, safetyNote } from "./tool-choice.ts";

/**
 * Adds an archive to what is in a database, in one transaction of one session and without removing anything: where an object of that name is
 * there already, or rows would come to rows of a table that the archive does not make, nothing is changed and the result says which. Schemas
 * and extensions that are there stay as they are.
 */
export async function loadAdded(
  deps: Deps,
  archivePath: string,
  request: RestoreRequest,
  onEntry: (done: number, total: number, entry: string) => void,
  context: EngineContext,
): Promise<LoadResult> {
  const { database } = request;
  const address = await reachServer(request.address, context.signal);
  await refuseCatalogue(address, database, context.applicationName, deps.options.cataloguesAddress ?? null);
  const { version, filled, facts } = await querySql(address, database, context.applicationName, async (sql) => {
    const extensions = await sql<{ name: string }[]>`select extname as name from pg_catalog.pg_extension`;
    const schemas = await sql<{ name: string; isOwned: boolean }[]>`
      select nspname as name, pg_has_role(nspowner, 'USAGE') as "isOwned" from pg_catalog.pg_namespace`;
    const [version, filled] = [await readVersion(sql), await readFilledTables(sql)];
    return { version, filled, facts: { extensions: extensions.map(({ name }) => name), schemas: [...schemas] } };
  });
  const toolSet = pickToolSet(await deps.tools.sets(), version.major, ["pg_restore"], await deps.tools.installer());
  for (const note of safetyNote(toolSet)) context.log("warning", note);
  const toc = await readAnyToc(archivePath);
  if (toc === null)
    throw new LifeboatError("format-unknown", { detail: "an archive of an unknown version cannot be loaded in one transaction" });
  const errors = foreseeDoubled(toc, filled);
  if (errors.length > 0) return { errors, exitCode: 1 };
  const only = selectInPlace(toc, facts);
  const none = request.owners === "none" ? ["--no-owner", "--no-privileges"] : [];
  const args = ["--single-transaction", ...none];
  const what = { binDir: toolSet.path, address, database, archivePath, args, only, total: only.length, onEntry };
  return { ...(await runPgRestore(deps, what, context)), tool: `pg_restore ${toolSet.version}` };
}
