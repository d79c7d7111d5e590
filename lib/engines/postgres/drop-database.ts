import { LifeboatError } from "#lib/domain/error";
import type { EngineContext, RestoreRequest, ServerAddress } from "../port.ts";
import type { PinnedAddress } from "./address.ts";
import { besideDatabase } from "./beside.ts";
import type { Deps } from "./engine-options.ts";
import { querySql, reachServer, refuseCatalogue } from "./server.ts";
import { namesOf, sessionsIn } from "./session-ender.ts";
import { identifier } from "./sql-text.ts";

/** Removes a database that a restore created, ending its sessions; quietly done when it is gone. Never a catalogue. */
export async function dropDatabase(deps: Deps, request: RestoreRequest, context: EngineContext): Promise<void> {
  await drop(deps, request.address, { database: request.database, oid: null }, context);
}

/**
 * Removes the database of that name if it still is the one with this object id, ending its sessions; quietly done when it is gone.
 * Throws `target-changed` for another one, `target-is-catalogue`, `target-not-owned`, `target-has-prepared`, `sessions-not-ended`.
 */
export async function dropDatabaseById(
  deps: Deps,
  address: ServerAddress,
  target: { oid: number; database: string },
  context: EngineContext,
): Promise<void> {
  await drop(deps, address, target, context);
}

type Found = { oid: string; owner: string; isOwned: boolean; isHalfDropped: boolean; prepared: number };

async function drop(
  deps: Deps,
  address: ServerAddress,
  { database, oid }: { database: string; oid: number | null },
  context: EngineContext,
): Promise<void> {
  // Not bound to the run's signal: a cancelled restore is cleaned up all the same.
  const reached = await reachServer(address, new AbortController().signal);
  const { applicationName } = context;
  const isGone = await querySql(reached, besideDatabase(reached, [database]), applicationName, async (sql) => {
    // A drop that was killed leaves a database that nobody can connect to any more (limit -2): its contents are gone in part.
    const read = async () =>
      await sql<Found[]>`
        select oid::text, pg_get_userbyid(datdba) as owner, pg_has_role(datdba, 'USAGE') as "isOwned", datconnlimit = -2 as "isHalfDropped",
          (select count(*)::int from pg_catalog.pg_prepared_xacts where database = datname) as prepared
        from pg_catalog.pg_database where datname = ${database}`;
    const [first] = await read();
    if (first === undefined) return true;
    if (!first.isHalfDropped) await refuseCatalogue(reached, database, applicationName, deps.options.cataloguesAddress ?? null);
    const [found] = await read();
    if (found === undefined) return true;
    if (oid !== null && Number(found.oid) !== oid) throw new LifeboatError("target-changed", { database });
    if (!found.isOwned) throw new LifeboatError("target-not-owned", { database, owner: found.owner, user: address.username });
    if (found.prepared > 0) throw new LifeboatError("target-has-prepared", { database, count: found.prepared });
    // 42501 for sessions of superusers: the drop itself then says what is in the way.
    await sql`select pg_terminate_backend(pid) from pg_catalog.pg_stat_activity where datname = ${database} and pid <> pg_backend_pid()`.catch(
      () => [],
    );
    await sql.unsafe(`drop database if exists ${identifier(database)} with (force)`).catch(async (error: unknown) => {
      throw inTheWay(error, await sessionsIn([Number(found.oid)])(sql), database);
    });
    return false;
  });
  if (!isGone) context.log("info", `removed the database ${database}`);
}

/** True for a database whose drop was killed half-way: nobody can connect to it any more, and only another drop is left to do. */
export async function isHalfDropped(address: PinnedAddress, database: string, applicationName: string): Promise<boolean> {
  const rows = await querySql(
    address,
    besideDatabase(address, [database]),
    applicationName,
    async (sql) => await sql`select 1 from pg_catalog.pg_database where datname = ${database} and datconnlimit = -2`,
  );
  return rows.length > 0;
}

function inTheWay(error: unknown, occupants: Parameters<typeof namesOf>[0], database: string): unknown {
  const code = (error as { code?: string }).code ?? "";
  if (code !== "55006" && code !== "42501") return error;
  const who = namesOf(occupants) || (error as Error).message.slice(0, 300);
  return new LifeboatError("sessions-not-ended", { database, count: Math.max(1, occupants.length), who }, { cause: error });
}
