import { LifeboatError } from "#lib/domain/error";
import type { QueryResult } from "#lib/engines/copy-port";
import { finishRun } from "../runs/finish.ts";
import type { RunWork } from "../runs/work.ts";
import { requireAccess } from "./access.ts";
import type { DrillAccess } from "./ports.ts";
import { drillQuestion, type DrillQuestion } from "./probe.ts";
import { getDrillOrThrow } from "./rows.ts";

const limits = { maxRows: 500, timeoutMs: 60_000 };
const pageRows = 100;

/** Answers a question to a drill's copy. What the copy says against it is the run's failure, and so the asker's. */
export async function executeDrillQuery(work: RunWork): Promise<void> {
  const { db, deps, run, lease } = work;
  const question = drillQuestion.parse(run.input);
  const drill = await getDrillOrThrow(db, run.subject);
  if (drill.state !== "validating") throw new LifeboatError("drill-state", { state: drill.state });
  const access = requireAccess(deps.context.keyring, drill);
  if (access.type === "sandbox" && !(await deps.drills.sandboxes.isAlive(access))) {
    throw new LifeboatError("copy-gone", { detail: "its server ended" });
  }
  const output = await answer(work, access, question);
  work.signal.throwIfAborted();
  await finishRun(db, lease, { state: "succeeded", output });
}

async function answer(work: RunWork, access: DrillAccess, question: DrillQuestion): Promise<Record<string, unknown>> {
  const { deps, engineContext } = work;
  const { copies, sandboxes } = deps.drills;
  // Whoever restores on a server may be its superuser, and that is no role to let people type statements.
  if (access.type === "server") throw new LifeboatError("check-needs-sandbox");
  if (question.type === "connection") {
    if (access.type === "file") throw new LifeboatError("check-needs-sandbox");
    return { ...(await sandboxes.relay(access)) };
  }
  if (access.type === "file") return answerOfFile(work, access.path, question);
  const { reader } = access;
  if (question.type === "query") return shown(await copies.query(reader, question.sql, limits, engineContext));
  if (question.table === null) {
    const tables = await copies.tables(reader, engineContext);
    return { tables, columns: [], rows: [], hasMore: false };
  }
  const page = await copies.browse(reader, question.table, { offset: question.offset, limit: pageRows }, engineContext);
  return { tables: [], columns: page.columns, rows: page.rows, hasMore: page.hasMore };
}

function shown({ columns, rows, truncated, durationMs }: QueryResult): Record<string, unknown> {
  return { columns, rows, truncated, durationMs: Math.round(durationMs) };
}

async function answerOfFile(
  work: RunWork,
  path: string,
  question: Exclude<DrillQuestion, { type: "connection" }>,
): Promise<Record<string, unknown>> {
  const { files } = work.deps;
  const context = work.engineContext;
  if (question.type === "query") return shown(await files.query(path, question.sql, limits, context));
  const list = "select name from sqlite_schema where type = 'table' and name not like 'sqlite~_%' escape '~' order by name";
  const names = (await files.query(path, list, limits, context)).rows.flatMap(([name]) => name ?? []);
  if (question.table === null) {
    return { tables: names.map((table) => ({ schema: "main", table, rows: null })), columns: [], rows: [], hasMore: false };
  }
  const { table } = question.table;
  if (!names.includes(table)) throw new LifeboatError("not-found", { entity: "table", id: table });
  const page = `select * from "${table.replaceAll('"', '""')}" limit ${pageRows + 1} offset ${question.offset}`;
  const found = await files.query(path, page, limits, context);
  return { tables: [], columns: found.columns, rows: found.rows.slice(0, pageRows), hasMore: found.rows.length > pageRows };
}
