import { DatabaseSync } from "node:sqlite";
import { say } from "./child-line.ts";
import { immutable, openExactly } from "./child-open.ts";
import type { ChildRequest } from "./child-protocol.ts";

const mostProblems = 100;
const mostForeignKeys = 20;
const longestName = 1_000;

/** Runs SQLite's own checks over a file that nobody else has open, and counts the rows of every table. */
export function checkDatabase({ path }: Extract<ChildRequest, { command: "check" }>): void {
  const db = new DatabaseSync(immutable(path), { readOnly: true });
  try {
    db.exec("pragma trusted_schema = off; pragma cell_size_check = on");
    if (!readable(db)) return;
    // Measured over 670 MB: 16 MiB of cache halve the time of the default; more, or a memory map, cost memory alone.
    db.exec("pragma cache_size = -16384");
    checkIntegrity(db);
    checkForeignKeys(db);
    countTables(db);
  } finally {
    db.close();
  }
}

function checkIntegrity(db: DatabaseSync): void {
  try {
    const lines = db.prepare(`pragma integrity_check(${mostProblems})`).iterate() as Iterable<{ integrity_check: string }>;
    for (const { integrity_check: line } of lines) if (line !== "ok") problem(line);
  } catch (error) {
    // Some damage ends the check itself.
    problem((error as Error).message);
  }
}

function readable(db: DatabaseSync): boolean {
  try {
    db.prepare("select count(*) from sqlite_schema").get();
    return true;
  } catch (error) {
    problem((error as Error).message);
    return false;
  }
}

function problem(text: string): void {
  say({ event: "problem", text: text.slice(0, longestName) });
}

type ForeignKeyRow = { table: string; rowid: number | bigint | null; parent: string; fkid: number };

function checkForeignKeys(db: DatabaseSync): void {
  let count = 0;
  try {
    const statement = db.prepare("pragma foreign_key_check");
    statement.setReadBigInts(true);
    for (const row of statement.iterate() as Iterable<ForeignKeyRow>) {
      count += 1;
      const text = `row ${String(row.rowid ?? "?")} of ${cut(row.table)} refers to a row of ${cut(row.parent)} that is not there`;
      if (count <= mostForeignKeys) say({ event: "foreign-key", text });
    }
  } catch (error) {
    // A foreign key may name a table that cannot be referred to: SQLite says so by failing the whole check.
    say({ event: "foreign-key", text: (error as Error).message.slice(0, longestName) });
    count += 1;
  }
  say({ event: "foreign-keys", count });
}

type ListedTable = { schema: string; name: string; type: string };

/** Rows of every table that has rows of its own. */
export function countTables(db: DatabaseSync): void {
  const listed = db.prepare("pragma main.table_list").all() as ListedTable[];
  const own = listed.filter(({ schema, name, type }) => schema === "main" && type !== "view" && type !== "virtual" && !isInternal(name));
  for (const { name } of own.toSorted((left, right) => (left.name < right.name ? -1 : 1))) {
    try {
      const row = db.prepare(`select count(*) as rows from main.${quoted(name)}`).get() as { rows: number };
      say({ event: "table", table: cut(name), rows: row.rows });
    } catch (error) {
      problem(`${cut(name)}: ${(error as Error).message}`);
    }
  }
}

/** How many tables there are, the internal ones apart. */
export function tableCount(db: DatabaseSync): number {
  const listed = db.prepare("pragma main.table_list").all() as ListedTable[];
  return listed.filter(({ schema, name, type }) => schema === "main" && type === "table" && !isInternal(name)).length;
}

const isInternal = (name: string) => name.startsWith("sqlite_");
const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
const cut = (name: string) => (name.length > longestName ? `${name.slice(0, longestName)}…` : name);

/** Facts of a file in use. */
export function lookAtDatabase({ path, identity }: Extract<ChildRequest, { command: "look" }>): void {
  const { db, bytes, journalMode, close } = openExactly(path, identity, { readOnly: true, busyMs: 2_000 });
  try {
    const { page_size: pageBytes } = db.prepare("pragma page_size").get() as { page_size: number };
    say({ event: "file", journalMode, tables: tableCount(db), pageBytes, bytes });
  } finally {
    close();
  }
}

/** Rows of a file in use, all of one moment. */
export function countLive({ path, identity }: Extract<ChildRequest, { command: "count" }>): void {
  const { db, close } = openExactly(path, identity, { readOnly: true, busyMs: 2_000 });
  try {
    db.exec("begin");
    countTables(db);
  } finally {
    close();
  }
}
