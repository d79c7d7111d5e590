import { redactText } from "#lib/log/redact";
import { BoundedText } from "./bounded-text.ts";
import { LineReader } from "./line-reader.ts";
import { spawnTool, type SpawnOptions, type ToolExit } from "./spawn-tool.ts";

export type RunOptions = SpawnOptions & {
  /** Standard output is redacted unless the caller needs its bytes exactly and keeps them from logs (roles as SQL, versions). */
  readonly rawStdout?: boolean;
  /** Called with the id of the tool's process group once it runs. */
  readonly onStart?: (pid: number) => void;
};

export type ToolResult = ToolExit & { readonly stdout: string };

/**
 * Runs a tool to its end and returns what it said, bounded (`maxOutputBytes` each, default 256 KiB) and redacted.
 * Does not throw for non-zero exits, timeouts or cancellation: the result says it. Throws `tool-missing` when there is no such program.
 */
export async function runTool(options: RunOptions): Promise<ToolResult> {
  const tool = spawnTool(options);
  if (tool.pid !== undefined) options.onStart?.(tool.pid);
  const kept = new BoundedText(options.maxOutputBytes ?? 262_144);
  const lines = new LineReader(options.rawStdout === true ? (line) => line : redactText, (line) => {
    kept.add(`${line}\n`);
    options.onLine?.("stdout", line);
  });
  tool.stdout.on("data", (bytes: Buffer) => lines.write(bytes));
  const exit = await tool.done;
  lines.end();
  return { ...exit, stdout: kept.toString() };
}
