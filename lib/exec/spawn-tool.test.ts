import { readFileSync } from "node:fs";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { rememberSecret } from "#lib/log/redact";
import { runTool } from "./run-tool.ts";
import { spawnTool } from "./spawn-tool.ts";

const node = process.execPath;
const script = (source: string, ...args: string[]) => ({ file: node, args: ["-e", source, ...args], timeoutMs: 20_000 });

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A zombie that its new parent has not collected yet is dead for our purposes.
  return process.platform !== "linux" || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
}

async function read(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

describe("runTool", () => {
  it("returns exit code and both outputs and does not throw for a non-zero exit", async () => {
    const result = await runTool(script(`console.log("out"); console.error("err"); process.exitCode = 3`));
    expect(result).toMatchObject({ exitCode: 3, signal: null, stdout: "out\n", stderr: "err\n", timedOut: false, cancelled: false });
  });

  it("names the signal that ended the tool", async () => {
    const result = await runTool(script(`process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000)`));
    expect(result).toMatchObject({ exitCode: null, signal: "SIGKILL", timedOut: false, cancelled: false });
  });

  it("throws tool-missing with the program's name when there is none", async () => {
    await expect(runTool({ file: "/nowhere/pg_dump", args: [], timeoutMs: 1_000 })).rejects.toMatchObject({
      code: "tool-missing",
      params: { tool: "pg_dump" },
    });
  });

  it("throws tool-failed when the program cannot be executed", async () => {
    await expect(runTool({ file: "/etc", args: [], timeoutMs: 1_000 })).rejects.toMatchObject({ code: "tool-failed" });
  });

  it("gives the tool an allow-listed environment and what the caller adds, nothing else", async () => {
    vi.stubEnv("PGHOST", "evil.example");
    vi.stubEnv("NODE_OPTIONS", "");
    const result = await runTool({ ...script(`console.log(JSON.stringify(process.env))`), env: { PGDATABASE: "-Fp" } });
    vi.unstubAllEnvs();
    const seen = Object.keys(JSON.parse(result.stdout) as Record<string, string>).filter((name) => !name.startsWith("__CF"));
    expect(seen.toSorted()).toEqual(["HOME", "LANG", "LC_ALL", "PATH", "PGDATABASE", "TZ"]);
  });

  it("passes arguments as they are, never through a shell", async () => {
    const hostile = ["$(id)", "; rm -rf /", "a b", `"'`, "\n", "`id`"];
    const result = await runTool(script(`console.log(JSON.stringify(process.argv.slice(1)))`, ...hostile));
    expect(JSON.parse(result.stdout)).toEqual(hostile);
  });

  it("writes text, bytes and async pieces to standard input", async () => {
    const cat = script(`process.stdin.pipe(process.stdout)`);
    async function* pieces() {
      yield Buffer.from("one ");
      yield Buffer.from("two");
    }
    expect((await runTool({ ...cat, input: "text" })).stdout).toBe("text\n");
    expect((await runTool({ ...cat, input: Buffer.from("bytes") })).stdout).toBe("bytes\n");
    expect((await runTool({ ...cat, input: pieces() })).stdout).toBe("one two\n");
  });

  it("does not fail when the tool ends without reading its input", async () => {
    const result = await runTool({ ...script(`process.exit(0)`), input: Buffer.alloc(4_000_000) });
    expect(result.exitCode).toBe(0);
  });

  it("kills the tool and throws when the source of its input fails", async () => {
    async function* broken() {
      yield Buffer.from("half");
      throw new Error("the source broke");
    }
    await expect(runTool({ ...script(`process.stdin.resume()`), input: broken() })).rejects.toThrow("the source broke");
  });

  it("bounds ten megabytes of output and keeps its beginning and end", async () => {
    const source = `const line = "x".repeat(99) + "\\n"; console.log("first"); process.stdout.write(line.repeat(100_000)); console.log("last")`;
    const result = await runTool({ ...script(source), maxOutputBytes: 10_000 });
    expect(result.stdout.length).toBeLessThan(11_000);
    expect(result.stdout).toMatch(/^first\n[^]*bytes left out[^]*last\n$/);
  });

  it("bounds a single line of ten megabytes", async () => {
    const result = await runTool(script(`process.stderr.write("y".repeat(10_000_000))`));
    expect(result.stderr.length).toBeLessThan(20_000);
  });

  it("masks remembered secrets in outputs and lines, also across the bound of a long line", async () => {
    rememberSecret("canary-47-password");
    const lines: string[] = [];
    const source = `console.error("x".repeat(16_375) + "canary-47-password"); console.log("got canary-47-password")`;
    const result = await runTool({ ...script(source), onLine: (stream, line) => lines.push(`${stream} ${line}`) });
    expect([result.stdout, result.stderr, ...lines].join("\n")).not.toContain("canary");
    expect(result.stdout).toBe("got •••\n");
    expect(lines).toHaveLength(2);
  });

  it("leaves standard output alone when the caller needs its bytes", async () => {
    rememberSecret("canary-48-password");
    const result = await runTool({ ...script(`console.log("canary-48-password")`), rawStdout: true });
    expect(result.stdout).toBe("canary-48-password\n");
  });

  it("ends the whole group at the timeout, grandchildren included", async () => {
    const source = `
      const { spawn } = require("node:child_process");
      const child = spawn(process.execPath, ["-e", "process.on('SIGTERM', () => {}); console.log(process.pid); setInterval(() => {}, 1000)"], { stdio: "inherit" });
      setInterval(() => {}, 1000);`;
    let grandchild = 0;
    const timeoutMs = 600_000;
    const timers = vi.spyOn(globalThis, "setTimeout");
    onTestFinished(() => timers.mockRestore());
    // The time has come when the scene is set: two processes, one after the other.
    const onLine = (_: string, line: string) => {
      grandchild = Number(line);
      timers.mock.calls.find(([, ms]) => ms === timeoutMs)?.[0]();
    };
    const result = await runTool({ ...script(source), timeoutMs, onLine });
    expect(result).toMatchObject({ timedOut: true, signal: "SIGTERM" });
    expect(grandchild).toBeGreaterThan(0);
    await expect.poll(() => isAlive(grandchild)).toBe(false);
  });

  it("kills a tool that ignores SIGTERM after the grace", async () => {
    const source = `process.on("SIGTERM", () => {}); console.log("ready"); setInterval(() => {}, 1000)`;
    const abort = new AbortController();
    const result = await runTool({ ...script(source), signal: abort.signal, graceMs: 100, onLine: () => abort.abort() });
    expect(result).toMatchObject({ cancelled: true, signal: "SIGKILL" });
  });

  it("ends at once when its signal was aborted before", async () => {
    const result = await runTool({ ...script(`setInterval(() => {}, 1000)`), signal: AbortSignal.abort() });
    expect(result.cancelled).toBe(true);
  });
});

describe("spawnTool", () => {
  it("streams every byte, also to a reader who comes late", async () => {
    const tool = spawnTool(script(`process.stdout.write(Buffer.alloc(3_000_000, 7))`));
    await new Promise((resolve) => tool.stdout.once("readable", resolve));
    await new Promise((resolve) => setImmediate(resolve));
    const bytes = await read(tool.stdout);
    expect(bytes.length).toBe(3_000_000);
    expect((await tool.done).exitCode).toBe(0);
  });

  it("is not done while a grandchild still holds standard output, though the exit code is known", async () => {
    const late = `setTimeout(() => console.log("late"), 300)`;
    const source = `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(late)}], { stdio: "inherit" }).unref(); console.log("early")`;
    const result = await runTool(script(source));
    expect(result.stdout).toBe("early\nlate\n");
  });

  it("is done after a kill although nobody reads its output", async () => {
    const tool = spawnTool(script(`setInterval(() => process.stdout.write(Buffer.alloc(1_000_000)), 1)`));
    await new Promise((resolve) => tool.stdout.once("readable", resolve));
    tool.kill("SIGKILL");
    expect((await tool.done).signal).toBe("SIGKILL");
    tool.kill();
  });
});
