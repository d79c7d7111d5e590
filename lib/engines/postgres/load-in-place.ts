import type postgres from "postgres";
import { LifeboatError } from "#lib/domain/error";
import type { EngineContext, LoadResult, RestoreLineError, RestoreRequest } from "../port.ts";
import type { PinnedAddress } from "./address.ts";
import type { TocEntry } from "./archive-format.ts";
import { besideDatabase } from "./beside.ts";
import type { Deps } from "./engine-options.ts";
import { type InPlaceFacts, selectInPlace } from "./in-place-list.ts";
import { readAnyToc } from "./any-toc.ts";
import { type FilledTable, foreseeDoubled, keysOf, readFilledTables, relationKey } from "./load-onto-rows.ts";
import { runPgRestore } from "./pg-restore.ts";
import { quietDrops } from "./quiet-drops.ts";
import { querySql, reachServer, readVersion, refuseCatalogue } from "./server.ts";
import { helperName } from "./session-name.ts";
import { holdersOf, namesOf, type Occupant, SessionEnder } from "./session-ender.ts";
import { pickToolSet, safetyNote } from "./tool-choice.ts";

type Relation = { schema: string; table: string };
type Facts = InPlaceFacts & {
  prepared: number;
  filledTables: FilledTable[];
  /** Partitions with all that they are partitions of. */
  partitions: (Relation & { ancestors: Relation[] })[];
};

/**
 * Replaces the contents of an existing database in one transaction of one session: what the archive has is dropped and made anew, what
 * else there is stays, or makes the whole fail where it depends on what is dropped. The database itself, its schemas and extensions stay.
 * Rows keep the archive's order, because each table is filled in the transaction that made it. Sessions that hold the load up are
 * ended; a load that ends a deadlock begins anew. Errors with an exit code other than 0 mean that nothing was changed.
 */
export async function loadInPlace(
  deps: Deps,
  archivePath: string,
  request: RestoreRequest,
  onEntry: (done: number, total: number, entry: string) => void,
  context: EngineContext,
): Promise<LoadResult> {
  const { database } = request;
  if (request.content !== "all" || request.tables.length > 0) throw new LifeboatError("replace-needs-all");
  const address = await reachServer(request.address, context.signal);
  await refuseCatalogue(address, database, context.applicationName, deps.options.cataloguesAddress ?? null);
  const { version, facts } = await querySql(address, database, context.applicationName, async (sql) => ({
    version: await readVersion(sql),
    facts: await readFacts(sql),
  }));
  if (facts.prepared > 0) throw new LifeboatError("target-has-prepared", { database, count: facts.prepared });
  const toolSet = pickToolSet(await deps.tools.sets(), version.major, ["pg_restore"], await deps.tools.installer());
  for (const note of safetyNote(toolSet)) context.log("warning", note);
  const toc = await readAnyToc(archivePath);
  if (toc === null) throw new LifeboatError("format-unknown", { detail: "an archive of an unknown version cannot be loaded in place" });
  const errors = foresee(toc, facts);
  if (errors.length > 0) return { errors, exitCode: 1 };
  const only = selectInPlace(toc, facts);
  const none = request.owners === "none" ? ["--no-owner", "--no-privileges"] : [];
  const args = ["--single-transaction", "--clean", "--if-exists", ...none];
  const what = { binDir: toolSet.path, address, database, archivePath, args, only, total: only.length, onEntry };
  const putBack = await quietDrops(archivePath);
  try {
    for (let attempt = 1; ; attempt += 1) {
      const stuck = new AbortController();
      const signal = AbortSignal.any([context.signal, stuck.signal]);
      const loading = runPgRestore(deps, what, { ...context, signal });
      const giveUp = (reason: LifeboatError) => stuck.abort(reason);
      const load = await endingHolders(address, request, deps.options.lockWaitMs, loading, context, giveUp);
      if (!isDeadlock(load) || attempt === attempts) return load;
      context.log("warning", "a deadlock with another session took the whole load back; it begins anew");
    }
  } finally {
    await putBack();
  }
}

const attempts = 5;

/**
 * Someone who reads one table and wants the next one closes a circle with a load that drops them the other way around, and the server
 * undoes whichever of the two looks first. All is as it was then. `pg_restore` prints no SQLSTATE (40P01), only the server's words.
 */
function isDeadlock({ exitCode, errors }: LoadResult): boolean {
  return exitCode !== 0 && errors.length === 1 && /deadlock/i.test(errors[0]?.message.split("\n")[0] ?? "");
}

/** What would be lost silently, or could come out wrong: nothing is started then. */
function foresee(toc: readonly TocEntry[], facts: Facts): RestoreLineError[] {
  const tables = keysOf(toc, "TABLE");
  const filled = keysOf(toc, "TABLE DATA");
  const lost = facts.partitions
    .filter((partition) => !tables.has(relationKey(partition)) && partition.ancestors.some((ancestor) => tables.has(relationKey(ancestor))))
    .map(({ schema, table }) => ({
      class: "exists" as const,
      entry: `TABLE ${schema} ${table}`,
      message: `the partition ${schema}.${table} is not in the backup and would be dropped with the table that it belongs to`,
    }));
  const doubled = facts.filledTables
    .filter((relation) => relation.isOfExtension && filled.has(relationKey(relation)))
    .map(({ schema, table }) => ({
      class: "extension" as const,
      entry: `TABLE DATA ${schema} ${table}`,
      message: `the table ${schema}.${table} belongs to an extension that stays, and has rows already`,
    }));
  return [...lost, ...doubled, ...foreseeDoubled(toc, facts.filledTables)];
}

async function readFacts(sql: postgres.Sql): Promise<Facts> {
  const extensions = await sql<{ name: string }[]>`select extname as name from pg_catalog.pg_extension`;
  const schemas = await sql<{ name: string; isOwned: boolean }[]>`
    select nspname as name, pg_has_role(nspowner, 'USAGE') as "isOwned" from pg_catalog.pg_namespace`;
  const [prepared] = await sql<
    { count: number }[]
  >`select count(*)::int as count from pg_catalog.pg_prepared_xacts where database = current_database()`;
  const partitions = await sql<(Relation & { ancestors: Relation[] })[]>`
    select n.nspname as schema, c.relname as table,
      (select coalesce(json_agg(json_build_object('schema', an.nspname, 'table', ac.relname)), '[]')
        from pg_partition_ancestors(c.oid) a join pg_catalog.pg_class ac on ac.oid = a.relid
        join pg_catalog.pg_namespace an on an.oid = ac.relnamespace where a.relid <> c.oid) as ancestors
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.relispartition and c.relkind in ('r', 'p', 'f')`;
  return {
    extensions: extensions.map((extension) => extension.name),
    schemas: [...schemas],
    prepared: prepared!.count,
    filledTables: await readFilledTables(sql),
    partitions: [...partitions],
  };
}

/**
 * Tables are locked as they are dropped: sessions that hold one of them in two looks in a row are ended, as at a swap. What may not be
 * ended is waited for as long as for a table's lock in a backup.
 */
async function endingHolders(
  address: PinnedAddress,
  { database }: RestoreRequest,
  patienceMs: number,
  loading: Promise<LoadResult>,
  context: EngineContext,
  giveUp: (reason: LifeboatError) => void,
): Promise<LoadResult> {
  const { applicationName } = context;
  let seen: readonly Occupant[] = [];
  let stuckSince: number | null = null;
  const find = async (sql: postgres.Sql) => {
    const before = new Set(seen.map(({ pid }) => pid));
    seen = await holdersOf(applicationName)(sql);
    const stuck = seen.filter(({ endable }) => !endable);
    stuckSince = stuck.length === 0 ? null : (stuckSince ?? performance.now());
    if (stuckSince !== null && performance.now() - stuckSince > patienceMs)
      giveUp(new LifeboatError("sessions-not-ended", { database, count: stuck.length, who: namesOf(stuck) }));
    return seen.filter(({ pid }) => before.has(pid));
  };
  const watch = async (sql: postgres.Sql) => {
    const ender = new SessionEnder(sql, find);
    await ender.until(loading, 250).catch(() => undefined);
    if (ender.ended > 0) context.log("info", `${ender.ended} sessions that held tables were ended`);
  };
  loading.catch(() => undefined);
  // Only a help: the load's own result counts.
  await querySql(address, besideDatabase(address, []), helperName(applicationName, "end"), watch).catch(() => undefined);
  return await loading;
}
