import { join } from "node:path";
import { runTool } from "#lib/exec/run-tool";
import { lastLines } from "./connection-errors.ts";

/**
 * The server's roles and tablespaces as SQL, without password verifiers; null with a warning where the role may not ask.
 * Its text is kept as it is: roles are named in it, and a password that is also a role's name must not be masked out of it.
 */
export async function readGlobals(
  binDir: string,
  env: Record<string, string>,
  signal: AbortSignal,
): Promise<{ sql: string | null; warning: string | null }> {
  const result = await runTool({
    file: join(binDir, "pg_dumpall"),
    args: ["--globals-only", "--no-role-passwords", "--no-password"],
    env,
    timeoutMs: 60_000,
    signal,
    rawStdout: true,
    maxOutputBytes: 4_194_304,
  });
  signal.throwIfAborted();
  if (result.exitCode === 0 && result.stdout !== "") return { sql: result.stdout, warning: null };
  return { sql: null, warning: `roles and tablespaces were not recorded: ${lastLines(result.stderr)}` };
}
