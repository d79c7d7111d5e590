import { join } from "node:path";
import { LifeboatError } from "#lib/domain/error";
import { runTool } from "#lib/exec/run-tool";
import type { EngineContext } from "../port.ts";
import { lastLines } from "./connection-errors.ts";
import type { Deps } from "./engine-options.ts";
import { pickToolSet } from "./tool-choice.ts";

/** `pg_restore --list` of a complete archive in a file, bounded to 1 MiB. It proves nothing about the data (FAULTS.md). */
export async function listArchive(deps: Deps, archivePath: string, context: EngineContext): Promise<string> {
  // The newest tools read every older archive.
  const sets = (await deps.tools.sets()).filter((set) => set.tools.includes("pg_restore"));
  const newest = Math.max(0, ...sets.map((set) => set.major));
  const toolSet = pickToolSet(sets, newest, ["pg_restore"], await deps.tools.installer());
  return await listArchiveWith(toolSet.path, archivePath, context);
}

/** The same with the programs of one folder: for archives that not every client may open. */
export async function listArchiveWith(binDir: string, archivePath: string, context: EngineContext): Promise<string> {
  const result = await runTool({
    file: join(binDir, "pg_restore"),
    args: ["--list", "--", archivePath],
    timeoutMs: 120_000,
    signal: context.signal,
    rawStdout: true,
    maxOutputBytes: 1_048_576,
  });
  context.signal.throwIfAborted();
  if (result.timedOut) throw new LifeboatError("tool-timeout", { tool: "pg_restore", seconds: 120 });
  if (result.signal !== null) throw new LifeboatError("tool-killed", { tool: "pg_restore", signal: result.signal });
  if (result.exitCode !== 0)
    throw new LifeboatError("tool-failed", { tool: "pg_restore", exitCode: result.exitCode, detail: lastLines(result.stderr) });
  return result.stdout;
}
