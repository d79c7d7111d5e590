import type postgres from "postgres";
import { LifeboatError } from "#lib/domain/error";
import { redactText } from "#lib/log/redact";
import type { CopyTarget, QueryResult } from "../copy-port.ts";
import type { EngineContext } from "../port.ts";
import { mapConnectionError } from "./connection-errors.ts";
import { refuseStrongRole } from "./reader-rights.ts";
import { reachServer } from "./server.ts";
import { withSql } from "./with-sql.ts";

export type QueryLimits = { readonly maxRows: number; readonly timeoutMs: number };

/** Characters of a cell that are shown. */
const longestCell = 10_000;
/** Rows that come at once, and bytes of a whole answer; a worker has little memory. */
const rowsAtOnce = 50;
const mostBytes = 8 * 1024 * 1024;
/** A server that does not heed its own time limit loses its connection after this, in milliseconds. */
const graceMs = 2_000;

/** Answers of these are the server's own and small; everything else is read from a subquery. */
const plain = /^(?:\s|--[^\n]*\n|\/\*[^]*?\*\/)*(?:explain|show)\b/i;

/**
 * One statement that returns rows, in a read-only transaction that is rolled back. Whatever is no single SELECT (VALUES, TABLE, WITH), EXPLAIN
 * or SHOW is refused before it is run. Throws `query-refused`, `query-failed`, and what keeps the server from being asked.
 */
export async function queryCopy(target: CopyTarget, text: string, limits: QueryLimits, context: EngineContext): Promise<QueryResult> {
  // A semicolon at the end is a habit, not a second statement.
  const statement = text.replace(/[;\s]+$/, "");
  return await readOnly(target, limits.timeoutMs, context, async (sql) => {
    await refuseStrongRole(sql);
    const { columns } = await run(() => sql.unsafe(statement).describe());
    // DO, COPY, SET, CALL and all that changes something.
    if (columns.length === 0) throw new LifeboatError("query-refused", { detail: "only statements that return rows are run here" });
    const names = columns.map(({ name }) => name);
    const begun = performance.now();
    if (plain.test(statement)) {
      const { rows, truncated } = await fetchPlain(sql, statement, limits.maxRows);
      return { columns: names, rows, truncated, durationMs: elapsed(begun) };
    }
    const aliases = names.map((_, index) => `c${index}`);
    const wrapped = `select ${aliases.map(cell).join(", ")} from (${statement}\n) as q (${aliases.join(", ")}) limit ${limits.maxRows + 1}`;
    // Positions are those of the wrapped text: they would mislead.
    const { rows, truncated } = await fetchRows(sql, wrapped, limits.maxRows);
    return { columns: names, rows, truncated, durationMs: elapsed(begun) };
  });
}

const elapsed = (begun: number) => Math.round(performance.now() - begun);

/**
 * A column as the server would send it, cut to what is shown. By its output function: a cast to text may be one that the copy brought along, and a
 * value of many megabytes must not leave the server.
 */
export const cell = (column: string) => `case when num_nulls(${column}) = 0 then left(format('%s', ${column}), ${longestCell}) end`;

/** Runs `work` in a read-only transaction of a session of its own, which ends with nothing written, whatever it did. */
export async function readOnly<T>(
  target: CopyTarget,
  timeoutMs: number,
  context: EngineContext,
  work: (sql: postgres.Sql) => Promise<T>,
): Promise<T> {
  const { signal, applicationName } = context;
  const address = await reachServer(target.address, signal);
  const session = async (sql: postgres.Sql) => {
    await sql.unsafe(`set statement_timeout to ${Math.max(1, Math.round(timeoutMs))}`);
    await sql.unsafe("begin transaction read only");
    try {
      return await stoppable(signal, work(sql));
    } finally {
      await sql.unsafe("rollback").catch(() => undefined);
    }
  };
  try {
    return await withSql(address, target.database, applicationName, session, { limitMs: timeoutMs + graceMs });
  } catch (error) {
    signal.throwIfAborted();
    throw mapConnectionError(error, address, target.database);
  }
}

/** The session is closed by whoever waits; the server notices that at once or at its time limit. */
async function stoppable<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const stopped = Promise.withResolvers<never>();
  const onAbort = () => stopped.reject(signal.reason as Error);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, stopped.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

type Rows = Pick<QueryResult, "rows" | "truncated">;

/** At most `maxRows` of a statement's rows as text, and no more than fit into a bounded answer. */
export async function fetchRows(sql: postgres.Sql, statement: string, maxRows: number): Promise<Rows> {
  const answer = new Answer(maxRows);
  await run(async () => {
    for await (const part of sql.unsafe(statement).raw().cursor(rowsAtOnce)) if (!answer.add(part)) return;
  });
  return answer;
}

/** The same for statements that no cursor reads; as one statement by the protocol, not by its text. */
async function fetchPlain(sql: postgres.Sql, statement: string, maxRows: number): Promise<Rows> {
  const answer = new Answer(maxRows);
  await run(async () => answer.add(await sql.unsafe(statement, [], { simple: false } as postgres.UnsafeQueryOptions).raw()));
  return answer;
}

class Answer implements Rows {
  readonly rows: (string | null)[][] = [];
  truncated = false;
  readonly #maxRows: number;
  #bytes = 0;

  constructor(maxRows: number) {
    this.#maxRows = maxRows;
  }

  /** False when there is room for no more. */
  add(part: unknown): boolean {
    for (const row of part as (Buffer | null)[][]) {
      this.#bytes += row.reduce((sum, value) => sum + (value?.length ?? 0), 0);
      this.truncated = this.rows.length >= this.#maxRows || this.#bytes > mostBytes;
      if (this.truncated) return false;
      this.rows.push(row.map((value) => (value === null ? null : value.toString("utf8").slice(0, longestCell))));
    }
    return true;
  }
}

/** What the server says of somebody's statement is for that person; a lost connection is not. */
async function run<T>(work: () => PromiseLike<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, position } = error as { code?: string; position?: string };
    const isServers = /^[0-9A-Z]{5}$/.test(code ?? "") && !/^(08|57P0)/.test(code ?? "");
    if (!(error instanceof Error) || !isServers) throw error;
    const detail = redactText(error.message).slice(0, 1_000);
    const at = Number(position);
    throw new LifeboatError("query-failed", { detail, position: Number.isSafeInteger(at) && at > 0 ? at : null }, { cause: error });
  }
}
