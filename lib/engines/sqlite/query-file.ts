import { LifeboatError } from "#lib/domain/error";
import type { QueryResult } from "../copy-port.ts";
import type { EngineContext } from "../port.ts";
import { runChild } from "./run-child.ts";

/** One statement that returns rows, in a process of its own that is ended when the time is over. */
export async function queryFile(
  path: string,
  sql: string,
  { maxRows, timeoutMs }: { readonly maxRows: number; readonly timeoutMs: number },
  context: Pick<EngineContext, "signal">,
): Promise<QueryResult> {
  const over = AbortSignal.timeout(timeoutMs);
  const begun = performance.now();
  let columns: readonly string[] = [];
  const rows: (readonly (string | null)[])[] = [];
  let truncated = false;
  try {
    await runChild({ command: "query", path, sql, maxRows }, { signal: AbortSignal.any([context.signal, over]) }, (event) => {
      if (event.event === "columns") columns = event.columns;
      if (event.event === "row") rows.push(event.cells);
      if (event.event === "more") truncated = true;
    });
  } catch (error) {
    if (!over.aborted || context.signal.aborted) throw error;
    throw new LifeboatError("query-failed", { detail: "the time limit is over", position: null }, { cause: error });
  }
  return { columns, rows, truncated, durationMs: Math.round(performance.now() - begun) };
}
