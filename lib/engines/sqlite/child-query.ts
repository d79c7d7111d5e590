import { constants, DatabaseSync } from "node:sqlite";
import { LifeboatError } from "#lib/domain/error";
import { say } from "./child-line.ts";
import { immutable } from "./child-open.ts";
import type { ChildRequest } from "./child-protocol.ts";

const longestCell = 10_000;
/** Of all cells together. */
const mostBytes = 8 * 1024 * 1024;

const allowed = new Set([constants.SQLITE_SELECT, constants.SQLITE_READ, constants.SQLITE_FUNCTION, constants.SQLITE_RECURSIVE]);
/** Pragmas that only tell; they are asked as tables (`pragma_table_info`), and full-text tables ask one of them. */
const telling = new Set([
  "data_version",
  "foreign_key_check",
  "foreign_key_list",
  "index_info",
  "index_list",
  "index_xinfo",
  "integrity_check",
  "quick_check",
  "table_info",
  "table_list",
  "table_xinfo",
]);

/**
 * Runs one statement that returns rows on a file that nobody else has open. It stands in a subquery, so that it is a SELECT or VALUES and nothing
 * else (`VACUUM INTO` and `ATTACH` reach other files even where the database is read-only), and SQLite is asked about each thing that it does.
 */
export function queryDatabase({ path, sql, maxRows }: Extract<ChildRequest, { command: "query" }>): void {
  const db = new DatabaseSync(immutable(path), { readOnly: true, allowExtension: false });
  try {
    db.exec("pragma trusted_schema = off; pragma query_only = on; pragma temp_store = memory");
    db.enableDefensive(true);
    db.setAuthorizer((action, name) => {
      const isFine = allowed.has(action) || (action === constants.SQLITE_PRAGMA && telling.has(name ?? ""));
      return isFine ? constants.SQLITE_OK : constants.SQLITE_DENY;
    });
    const statement = sql.replace(/[;\s]+$/, "");
    const wrapped = `select * from (${statement}\n) limit ${maxRows + 1}`;
    const prepared = db.prepare(wrapped);
    // SQLite leaves what follows the first statement alone, without a word.
    if (prepared.sourceSQL !== wrapped) throw new LifeboatError("query-refused", { detail: "only one statement is run" });
    // Under its own names: a subquery makes them differ.
    say({
      event: "columns",
      columns: db
        .prepare(statement)
        .columns()
        .map(({ name }) => name),
    });
    prepared.setReadBigInts(true);
    prepared.setReturnArrays(true);
    give(prepared.iterate() as unknown as Iterable<Value[]>, maxRows);
  } catch (error) {
    throw asAnswer(error);
  } finally {
    db.close();
  }
}

type Value = null | bigint | number | string | Uint8Array;

function give(rows: Iterable<Value[]>, maxRows: number): void {
  let [count, bytes] = [0, 0];
  for (const row of rows) {
    const cells = row.map(shown);
    bytes += cells.reduce((sum, text) => sum + (text?.length ?? 0), 0);
    if (count >= maxRows || bytes > mostBytes) return say({ event: "more" });
    say({ event: "row", cells });
    count += 1;
  }
}

/** Blobs as SQLite writes them itself. */
function shown(value: Value): string | null {
  if (value === null) return null;
  if (typeof value !== "object") return String(value).slice(0, longestCell);
  return `x'${Buffer.from(value.subarray(0, longestCell / 2)).toString("hex")}'`.slice(0, longestCell);
}

/** What SQLite says of a statement is for whoever wrote it; what it says of the file is not. */
function asAnswer(error: unknown): unknown {
  const code = (error as { errcode?: number }).errcode;
  // SQLITE_ERROR, and the answer to what is not allowed (SQLITE_AUTH), read-only and too big values.
  const isStatements = code !== undefined && [1, 8, 18, 20, 23, 25].includes(code & 0xff);
  return isStatements ? new LifeboatError("query-failed", { detail: (error as Error).message.slice(0, 1_000), position: null }) : error;
}
