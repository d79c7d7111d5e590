import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { largeWrites } from "./large-writes.ts";
import { spawnTool } from "./spawn-tool.ts";

/** Writes 4 KiB records through C's standard output; its own calls are counted in `/proc`. */
const program = `
awk 'BEGIN { for (at = 0; at < 1024; at++) printf "%4095d\\n", at; fflush(); while ((getline line < "/proc/self/io") > 0) if (line ~ /^syscw/) print line > "/dev/stderr" }'
`;

async function writesOf(env: Record<string, string>): Promise<{ bytes: number; writes: number }> {
  const tool = spawnTool({ file: "sh", args: ["-c", program], env, timeoutMs: 20_000 });
  let bytes = 0;
  for await (const piece of tool.stdout) bytes += (piece as Buffer).length;
  const { exitCode, stderr } = await tool.done;
  expect(exitCode).toBe(0);
  return { bytes, writes: Number(/syscw: (\d+)/.exec(stderr)?.[1]) };
}

const isInstalled = Object.keys(largeWrites()).length > 0;

it.runIf(isInstalled)("makes a tool's many small writes few large ones, with the same bytes", async () => {
  const [small, large] = [await writesOf({}), await writesOf(largeWrites())];
  expect(small.bytes).toBe(4_194_304);
  expect(large.bytes).toBe(small.bytes);
  expect(large.writes * 4).toBeLessThan(small.writes);
});

it.runIf(isInstalled)("is nothing that a program complains of", () => {
  expect(
    execFileSync("sh", ["-c", "date > /dev/null"], { env: { ...process.env, ...largeWrites() }, stdio: ["ignore", "pipe", "pipe"] }),
  ).toHaveLength(0);
});
