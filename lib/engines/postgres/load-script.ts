import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type postgres from "postgres";
import { LifeboatError } from "#lib/domain/error";
import { spawnTool } from "#lib/exec/spawn-tool";
import type { EngineContext, ServerAddress } from "../port.ts";
import { libpqEnvironment } from "./connection.ts";
import { lastLines } from "./connection-errors.ts";
import type { Deps } from "./engine-options.ts";
import { querySql, reachServer, readVersion, refuseCatalogue } from "./server.ts";
import { emptyingStatements } from "./emptying-statements.ts";
import { pickToolSet, type ToolSet } from "./tool-choice.ts";

export type ScriptLoad = {
  readonly address: ServerAddress;
  readonly database: string;
  /** What is in the database goes first, in the same transaction. */
  readonly clean: boolean;
  /** A script that was scanned: without commands of psql and without an end of the transaction in it. */
  readonly script: AsyncIterable<Uint8Array>;
  /** Statements that come after it, in the same transaction. */
  readonly afterwards: readonly string[];
};

/** The minors from which on psql knows `\restrict` (release notes of 2025-08-14). */
const restrictedSince: Readonly<Record<number, number>> = { 13: 22, 14: 19, 15: 14, 16: 10, 17: 6 };

export function knowsRestrict({ major, version }: Pick<ToolSet, "major" | "version">): boolean {
  if (major >= 18) return true;
  const minor = Number(/^\d+\.(\d+)/.exec(version)?.[1] ?? -1);
  return minor >= (restrictedSince[major] ?? Infinity);
}

/**
 * Feeds a script to psql in one transaction that we end ourselves: a script that is cut, fails, or whose feeder dies leaves the database as it
 * was, because only our own last line commits. No psqlrc, stops at the first error, restricted where the client can. Throws `script-failed`
 * { line, detail }, `extension-missing`, `tool-killed`, `connection-lost`.
 */
export async function loadScript(deps: Deps, load: ScriptLoad, context: EngineContext): Promise<{ readonly tool: string }> {
  const { database } = load;
  const address = await reachServer(load.address, context.signal);
  await refuseCatalogue(address, database, context.applicationName, deps.options.cataloguesAddress ?? null);
  const { version, before } = await querySql(address, database, context.applicationName, async (sql: postgres.Sql) => ({
    version: await readVersion(sql),
    before: load.clean ? await emptyingStatements(sql) : [],
  }));
  const toolSet = pickToolSet(await deps.tools.sets(), version.major, ["psql"], await deps.tools.installer());
  const nowhere = join(context.workDir, "none");
  const env = { PSQLRC: nowhere, PSQL_HISTORY: nowhere, PSQL_PAGER: "", PAGER: "", PGCLIENTENCODING: "UTF8" };
  const tool = spawnTool({
    file: join(toolSet.path, "psql"),
    args: ["-X", "-q", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1", "-v", "SHOW_CONTEXT=never", "-f", "-"],
    env: { ...(await libpqEnvironment(address, database, context)), ...env },
    cwd: context.workDir,
    // Nobody knows how long a load takes; a lost connection ends by the keepalives of the service file.
    timeoutMs: null,
    signal: context.signal,
    maxOutputBytes: 65_536,
    input: inOneTransaction(knowsRestrict(toolSet), before, load),
  });
  tool.stdout.resume();
  const exit = await tool.done;
  context.signal.throwIfAborted();
  if (exit.signal !== null) throw new LifeboatError("tool-killed", { tool: "psql", signal: exit.signal });
  if (exit.exitCode === 2) throw new LifeboatError("connection-lost", { host: address.host, port: address.port });
  if (exit.exitCode !== 0) throw scriptFailure(exit.stderr, linesBefore(before));
  return { tool: `psql ${toolSet.version}` };
}

/** Lines of ours before the script's first one: two, and as many more as names and comments have line ends in them. */
function linesBefore(before: readonly string[]): number {
  return 2 + before.reduce((sum, statement) => sum + statement.split("\n").length - 1, 0);
}

async function* inOneTransaction(isRestricted: boolean, before: readonly string[], { script, afterwards }: ScriptLoad) {
  yield Buffer.from(isRestricted ? `\\restrict ${randomBytes(16).toString("hex")}\n` : "\n");
  yield Buffer.from(`begin; ${before.map((statement) => `${statement};`).join(" ")}\n`);
  yield* script;
  yield Buffer.from("\n;\n");
  for (const statement of afterwards) yield Buffer.from(`${statement};\n`);
  yield Buffer.from("commit;\n");
}

/** A script decides what its errors say: one line, bounded, without what a terminal would obey. */
function scriptFailure(stderr: string, ownLines: number): LifeboatError {
  const told = /^psql:<stdin>:(\d+): (?:ERROR|FATAL|PANIC|error): {1,2}(.*)$/m.exec(stderr);
  const line = told === null ? 0 : Math.max(0, Number(told[1]) - ownLines);
  // oxlint-disable-next-line no-control-regex
  const detail = (told?.[2] ?? lastLines(stderr)).slice(0, 500).replaceAll(/[\u0000-\u001f\u007f]/g, " ");
  const extension = /^extension "([^"]+)" is not available/.exec(detail)?.[1];
  if (extension !== undefined) return new LifeboatError("extension-missing", { extension });
  return new LifeboatError("script-failed", { line, detail });
}
