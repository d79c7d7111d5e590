import { setTimeout as delay } from "node:timers/promises";
import type postgres from "postgres";
import { LifeboatError } from "#lib/domain/error";
import { databaseNameProblem } from "#lib/domain/restore-plan";
import type { CommitGuard, EngineContext, ServerAddress } from "../port.ts";
import { besideDatabase } from "./beside.ts";
import type { Deps } from "./engine-options.ts";
import { querySql, reachServer, refuseCatalogue } from "./server.ts";
import { helperName } from "./session-name.ts";
import { blockersOf, namesOf, type Occupant, SessionEnder, sessionsIn } from "./session-ender.ts";
import { identifier, literal } from "./sql-text.ts";

export type Rename = { readonly oid: number; readonly from: string; readonly to: string };

const attempts = 3;
/** A rename waits this long for the database's lock, unless told otherwise; the server then gives the others 5 seconds to leave. */
const usualWaitMs = 5_000;
const statementMs = 12_000;
/** Whoever was stopped between the renames and their commit loses them after this long; far below the catalogue's own limit for the same. */
const idleMs = 5_000;
/** How long a session whose connection was lost may take to end. */
const goneMs = 5_000;

/** In use, lock or statement timeout, deadlock: the others had no time to leave. */
const busyCodes = new Set(["55006", "55P03", "40P01", "57014"]);

/** The name was taken, is gone, or is another database's. */
const changedCodes = new Set(["42P04", "23505", "3D000", "22012"]);

const codeOf = (error: unknown) => (error as { code?: string }).code ?? "";

/**
 * Renames databases in one transaction of one session, while another session ends everybody in them. Nothing about the databases is
 * changed outside of that transaction, so that a crash at any moment leaves all old names or all new ones.
 * Throws `target-changed`, `target-exists`, `target-not-owned`, `target-cannot-create`, `target-has-prepared`, `sessions-not-ended`;
 * `connection-lost` during the commit leaves open which: the ids tell. `guard` is called when all is renamed but for the commit, and
 * calls that; what it throws takes everything back.
 */
export async function renameDatabases(
  deps: Deps,
  address: ServerAddress,
  renames: readonly Rename[],
  context: EngineContext,
  guard: CommitGuard = async (commit) => await commit(),
): Promise<{ sessionsEnded: number }> {
  const { applicationName, signal } = context;
  const reached = await reachServer(address, signal);
  const names = new Set(renames.flatMap(({ from, to }) => [from, to]));
  for (const name of names) {
    const problem = databaseNameProblem(name);
    if (problem !== null) throw new LifeboatError(problem.code, problem.params);
    await refuseCatalogue(reached, name, applicationName, deps.options.cataloguesAddress ?? null);
  }
  const beside = besideDatabase(reached, [...names]);
  const oids = renames.map(({ oid }) => oid);
  const waitMs = deps.options.renameWaitMs ?? usualWaitMs;
  return await querySql(reached, beside, helperName(applicationName, "end"), async (sql) => {
    let pid = 0;
    const ender = new SessionEnder(sql, async (own) => [...(await sessionsIn(oids)(own)), ...(await blockersOf(pid, oids)(own))]);
    const cancel = () => void sql`select pg_catalog.pg_cancel_backend(${pid})`.catch(() => undefined);
    signal.addEventListener("abort", cancel);
    try {
      for (let attempt = 1; ; attempt += 1) {
        signal.throwIfAborted();
        await refuseUnready(sql, renames, address);
        const renaming = querySql(
          reached,
          beside,
          applicationName,
          async (own) => await renameAll(own, renames, context, { guard, onPid: (id) => (pid = id), waitMs }),
        );
        const busy = await ender.until(renaming).then(
          () => null,
          (error: unknown) => error,
        );
        if (busy === null) break;
        await ended(sql, pid, applicationName).catch(() => undefined);
        signal.throwIfAborted();
        if (!busyCodes.has(codeOf(busy)) || attempt >= attempts) throw await explain(sql, renames, address, ender.last, busy);
      }
    } finally {
      signal.removeEventListener("abort", cancel);
    }
    context.log("info", `renamed ${renames.map(({ from, to }) => `${from} to ${to}`).join(", ")}; ${ender.ended} sessions ended`);
    return { sessionsEnded: ender.ended };
  });
}

/**
 * The renames are one message with their own `begin`: a connection that is lost and silently made anew can never run one alone. Not
 * `sql.begin`: its rollback on a lost connection throws where nobody can catch it (postgres.js 3.4).
 */
async function renameAll(
  sql: postgres.Sql,
  renames: readonly Rename[],
  { signal }: EngineContext,
  { guard, onPid, waitMs }: { guard: CommitGuard; onPid: (pid: number) => void; waitMs: number },
): Promise<void> {
  const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  onPid(row!.pid);
  signal.throwIfAborted();
  await sql.unsafe(
    [
      "begin",
      `set local lock_timeout = ${waitMs}`,
      `set local statement_timeout = ${statementMs}`,
      `set local idle_in_transaction_session_timeout = ${idleMs}`,
      failUnless(renames, "from"),
      ...renames.map(({ from, to }) => `alter database ${identifier(from)} rename to ${identifier(to)}`),
      // Under the locks now: what carries the new names must be what was meant, else nothing happens.
      failUnless(renames, "to"),
    ].join(";\n"),
  );
  // Closing the session takes everything back.
  await guard(async () => {
    signal.throwIfAborted();
    await sql.unsafe("commit");
  });
  const rows = await sql<{ count: number }[]>`
    select count(*)::int as count from pg_catalog.pg_database d
    join unnest(${renames.map(({ oid }) => String(oid))}::oid[], ${renames.map(({ to }) => to)}::text[]) r(oid, name)
      on r.oid = d.oid and r.name = d.datname`;
  // A commit on a connection made anew commits nothing, and says so only as a warning.
  if (rows[0]?.count !== renames.length) throw Object.assign(new Error("the session was lost"), { code: "CONNECTION_CLOSED" });
}

/** After a failure the session that renamed must be gone before anybody asks who has the names: nothing can follow then. */
async function ended(sql: postgres.Sql, pid: number, applicationName: string): Promise<void> {
  for (const until = performance.now() + goneMs; performance.now() < until; await delay(20)) {
    const rows = await sql`
      select pg_catalog.pg_terminate_backend(pid) from pg_catalog.pg_stat_activity
      where pid = ${pid} and application_name = ${applicationName}`;
    if (rows.length === 0) return;
  }
}

/** A statement that divides by zero unless each name belongs to the database that was meant. */
function failUnless(renames: readonly Rename[], side: "from" | "to"): string {
  const isMeant = renames.map((rename) => `(oid = ${rename.oid} and datname = ${literal(rename[side])})`).join(" or ");
  return `select 1 / (count(*) = ${renames.length})::int from pg_catalog.pg_database where ${isMeant}`;
}

/** What can be told before anybody's session is ended. */
async function refuseUnready(sql: postgres.Sql, renames: readonly Rename[], { username: user }: ServerAddress): Promise<void> {
  const rows = await sql<{ name: string; oid: string; owner: string; isOwned: boolean; canCreate: boolean; prepared: number }[]>`
    select d.datname as name, d.oid::text, pg_get_userbyid(d.datdba) as owner, pg_has_role(d.datdba, 'USAGE') as "isOwned",
      (select rolcreatedb or rolsuper from pg_catalog.pg_roles where rolname = current_user) as "canCreate",
      (select count(*)::int from pg_catalog.pg_prepared_xacts p where p.database = d.datname) as prepared
    from pg_catalog.pg_database d where d.datname = any(${renames.flatMap(({ from, to }) => [from, to])}::text[])`;
  const freed = new Set<string>();
  for (const { oid, from, to } of renames) {
    const found = rows.find((row) => row.name === from);
    if (found === undefined || Number(found.oid) !== oid) throw new LifeboatError("target-changed", { database: from });
    freed.add(from);
    if (rows.some((row) => row.name === to) && !freed.has(to)) throw new LifeboatError("target-exists", { database: to });
    if (!found.isOwned) throw new LifeboatError("target-not-owned", { database: from, owner: found.owner, user });
    if (!found.canCreate) throw new LifeboatError("target-cannot-create", { user });
    if (found.prepared > 0) throw new LifeboatError("target-has-prepared", { database: from, count: found.prepared });
    const stuck = (await sessionsIn([oid])(sql)).filter((session) => !session.endable);
    if (stuck.length > 0) throw new LifeboatError("sessions-not-ended", { database: from, count: stuck.length, who: namesOf(stuck) });
  }
}

/** What became of the databases since they were looked at, else who was in the way. */
async function explain(
  sql: postgres.Sql,
  renames: readonly Rename[],
  address: ServerAddress,
  last: readonly Occupant[],
  cause: unknown,
): Promise<unknown> {
  const { from, to } = renames[0]!;
  const code = codeOf(cause);
  if (!busyCodes.has(code) && !changedCodes.has(code)) return cause;
  await refuseUnready(sql, renames, address);
  if (code === "42P04" || code === "23505") return new LifeboatError("target-exists", { database: to }, { cause });
  if (changedCodes.has(code)) return new LifeboatError("target-changed", { database: from }, { cause });
  const who = namesOf(last) || "a session that could not be seen";
  return new LifeboatError("sessions-not-ended", { database: from, count: Math.max(1, last.length), who }, { cause });
}
