import type { EngineContext, RowCounts } from "../port.ts";
import type { FileChecks, FileTable } from "../file-port.ts";
import { runChild } from "./run-child.ts";

/** Rows of a table and lines of a check that are kept; beyond it nobody reads them. */
const mostTables = 20_000;

/** `PRAGMA integrity_check`, `foreign_key_check` and the rows of every table of a file that nobody else uses. */
export async function checkFile(path: string, context: Pick<EngineContext, "signal">): Promise<FileChecks> {
  const tables: FileTable[] = [];
  const problems: string[] = [];
  const foreignKeys: string[] = [];
  let foreignKeyCount = 0;
  await runChild({ command: "check", path }, context, (event) => {
    if (event.event === "table" && tables.length < mostTables) tables.push({ table: event.table, rows: event.rows });
    if (event.event === "problem") problems.push(event.text);
    if (event.event === "foreign-key") foreignKeys.push(event.text);
    if (event.event === "foreign-keys") foreignKeyCount = event.count;
  });
  return { tables, problems, foreignKeys, foreignKeyCount };
}

/** Rows of every table of a file in use, all of one moment. */
export async function countRows(path: string, identity: string, context: Pick<EngineContext, "signal">): Promise<RowCounts> {
  const tables: RowCounts["tables"][number][] = [];
  const countedAt = new Date();
  await runChild({ command: "count", path, identity }, context, (event) => {
    if (event.event === "table") tables.push({ schema: "main", table: event.table, rows: event.rows, exact: true });
  });
  return { tables, countedAt };
}
