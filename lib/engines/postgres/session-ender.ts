import { setTimeout as delay } from "node:timers/promises";
import type postgres from "postgres";

/** A session in the way, as a person would recognise it. */
export type Occupant = { readonly pid: number; readonly who: string; readonly endable: boolean };

const lookMs = 50;

/** Ends sessions over and over until something that needs them gone is through: pools reconnect as fast as they can. */
export class SessionEnder {
  readonly #sql: postgres.Sql;
  readonly #find: (sql: postgres.Sql) => Promise<readonly Occupant[]>;
  readonly #ended = new Set<number>();
  #last: readonly Occupant[] = [];

  constructor(sql: postgres.Sql, find: (sql: postgres.Sql) => Promise<readonly Occupant[]>) {
    this.#sql = sql;
    this.#find = find;
  }

  /** Sessions that were ended so far. */
  get ended(): number {
    return this.#ended.size;
  }

  /** What was in the way when something last was. */
  get last(): readonly Occupant[] {
    return this.#last;
  }

  /** One look: ends what may be ended. */
  async look(): Promise<void> {
    const found = await this.#find(this.#sql);
    if (found.length > 0) this.#last = found;
    await Promise.all(found.filter((occupant) => occupant.endable).map(async ({ pid }) => await this.#end(pid)));
  }

  /** Looks every 50 ms, or as told, until `work` settles; its result is `work`'s own, whatever becomes of the looks. */
  async until<T>(work: Promise<T>, intervalMs = lookMs): Promise<T> {
    const over = work.then(
      () => true,
      () => true,
    );
    const looks = async () => {
      await this.look();
      return false;
    };
    while (!(await Promise.race([looks().catch(() => true), over]))) {
      if (await Promise.race([delay(intervalMs, false), over])) break;
    }
    return await work;
  }

  async #end(pid: number): Promise<void> {
    try {
      const [row] = await this.#sql<{ ended: boolean }[]>`select pg_catalog.pg_terminate_backend(${pid}) as ended`;
      if (row?.ended === true) this.#ended.add(pid);
    } catch (error) {
      // A superuser's session where the role may end only others': the caller says who is in the way.
      if ((error as { code?: string }).code !== "42501") throw error;
    }
  }
}

const whoOf = (sql: postgres.Sql) =>
  sql`coalesce(r.rolname, 'a background process') || case coalesce(a.application_name, '') when '' then '' else ' (' || a.application_name || ')' end`;

/** A role may end the sessions of roles that it is a member of; with `pg_signal_backend` all but superusers'. */
const endable = (sql: postgres.Sql) =>
  sql`((select rolsuper from pg_catalog.pg_roles where rolname = current_user)
    or not coalesce(r.rolsuper, true) and (pg_has_role(r.oid, 'USAGE') or pg_has_role('pg_signal_backend', 'USAGE')))`;

/**
 * Sessions in databases, without the server's own maintenance, which makes way by itself.
 */
export function sessionsIn(oids: readonly number[]): (sql: postgres.Sql) => Promise<readonly Occupant[]> {
  return async (sql) =>
    await sql<Occupant[]>`
      select a.pid, ${whoOf(sql)} as who,
        ${endable(sql)} as endable
      from pg_catalog.pg_stat_activity a left join pg_catalog.pg_roles r on r.oid = a.usesysid
      where a.datid = any(${oids.map(String)}::oid[]) and a.pid <> pg_backend_pid()
        and coalesce(a.backend_type, '') not like 'autovacuum%' and (a.usesysid is not null or a.backend_type is not null)
      order by a.pid`;
}

/** Sessions elsewhere that hold up another one by their locks; they are told, not ended. */
export function blockersOf(pid: number, oids: readonly number[]): (sql: postgres.Sql) => Promise<readonly Occupant[]> {
  return async (sql) =>
    await sql<Occupant[]>`
      select a.pid, ${whoOf(sql)} as who, false as endable
      from pg_catalog.pg_stat_activity a left join pg_catalog.pg_roles r on r.oid = a.usesysid
      where a.pid = any(pg_catalog.pg_blocking_pids(${pid})) and not coalesce(a.datid, 0) = any(${oids.map(String)}::oid[]) order by a.pid`;
}

/** `alice (psql), bob (2)`: at most five, for a message. */
export function namesOf(occupants: readonly Occupant[]): string {
  const counts = new Map<string, number>();
  for (const { who } of occupants) counts.set(who, (counts.get(who) ?? 0) + 1);
  const named = Array.from(counts, ([who, count]) => (count === 1 ? who : `${who} (${count})`));
  return named.length > 5 ? `${named.slice(0, 5).join(", ")} …` : named.join(", ");
}

/** Sessions whose locks the sessions of that name wait for. */
export function holdersOf(applicationName: string): (sql: postgres.Sql) => Promise<readonly Occupant[]> {
  return async (sql) =>
    await sql<Occupant[]>`
      select a.pid, ${whoOf(sql)} as who, ${endable(sql)} as endable
      from pg_catalog.pg_stat_activity a left join pg_catalog.pg_roles r on r.oid = a.usesysid
      where a.pid in (select unnest(pg_catalog.pg_blocking_pids(w.pid)) from pg_catalog.pg_stat_activity w
        where w.application_name = ${applicationName} and w.pid <> pg_backend_pid())
        and a.application_name <> ${applicationName} order by a.pid`;
}
