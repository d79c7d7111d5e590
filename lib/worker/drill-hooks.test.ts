import { access, chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLogger } from "#lib/log/log";
import type { EngineContext } from "#lib/engines/port";
import { createDrillHooks } from "./drill-hooks.ts";

const copyUrl = "postgresql://owner:sEcret-of-the-copy@127.0.0.1:5999/shop?sslmode=disable";
const copy = { url: copyUrl, drillId: `drl_${"0".repeat(32)}` };
const logger = createLogger("error", {}, () => undefined);
let folder: string;
let context: EngineContext;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lifeboat-hooks-"));
  context = { signal: new AbortController().signal, workDir: folder, applicationName: "test", log: () => undefined };
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

async function declare(declared: { commands?: object; applications?: object }) {
  const file = join(folder, "hooks.json");
  await writeFile(file, JSON.stringify(declared), { mode: 0o600 });
  return createDrillHooks({ file, logger });
}

const shell = (script: string, more: object = {}) => ({ command: ["sh", "-c", script], directory: folder, ...more });

describe("commands", () => {
  it("get the copy's URL and nothing of Lifeboat's own", async () => {
    for (const name of [
      "LIFEBOAT_KEY",
      "LIFEBOAT_BOOTSTRAP_TOKEN",
      "DATABASE_URL",
      "DATABASE_PASSWORD",
      "PGPASSWORD",
      "PGHOST",
      "NODE_OPTIONS",
      "SOME_TOKEN",
    ])
      vi.stubEnv(name, "of-lifeboat");
    const hooks = await declare({ commands: { show: shell("env | sort", { environment: { STAGE: "drill" }, urlVariable: "SHOP_URL" }) } });
    const { exitCode, output } = await hooks.runCommand("show", copy, context);
    expect(exitCode).toBe(0);
    expect(output).not.toContain("of-lifeboat");
    const names = output.split("\n").flatMap((line) => (line === "" ? [] : [line.slice(0, line.indexOf("="))]));
    expect(names.filter((name) => !["PWD", "OLDPWD", "SHLVL", "_"].includes(name))).toEqual([
      "HOME",
      "LANG",
      "LC_ALL",
      "LIFEBOAT_DRILL",
      "PATH",
      "SHOP_URL",
      "STAGE",
      "TZ",
    ]);
  });

  it("get the whole URL, and what they print of its password is masked", async () => {
    const hooks = await declare({
      commands: {
        show: shell('test "$DATABASE_URL" = "$WANTED" && echo "$DATABASE_URL" >&2; echo "it is sEcret-of-the-copy"', {
          environment: { WANTED: copyUrl },
        }),
      },
    });
    const { output } = await hooks.runCommand("show", copy, context);
    expect(output).toContain("postgresql://owner:•••@127.0.0.1:5999/shop");
    expect(output).toContain("it is •••");
    expect(output).not.toContain("sEcret");
  });

  it("that take too long are ended with everything that they started", async () => {
    const hooks = await declare({ commands: { slow: shell("sleep 300 & echo $! > child; wait", { timeoutSeconds: 1 }) } });
    const { timedOut, durationMs } = await hooks.runCommand("slow", copy, context);
    expect(timedOut).toBe(true);
    expect(durationMs).toBeGreaterThanOrEqual(900);
    const child = Number(await readFile(join(folder, "child"), "utf8"));
    await vi.waitFor(() => expect(() => process.kill(child, 0)).toThrow("ESRCH"), { timeout: 5_000 });
  });

  it("may say as much as they like: beginning and end are kept", async () => {
    const hooks = await declare({
      commands: { loud: shell("echo begun; i=0; while [ $i -lt 20000 ]; do echo line $i of many; i=$((i+1)); done; echo ended; exit 3") },
    });
    const { exitCode, output } = await hooks.runCommand("loud", copy, context);
    expect(exitCode).toBe(3);
    expect(Buffer.byteLength(output)).toBeLessThanOrEqual(65_536);
    expect(output).toMatch(/^begun\n[^]*bytes left out[^]*ended\n$/);
  });

  it("that nobody declared are not started, whatever they are called", async () => {
    const hooks = await declare({ commands: { known: shell("true") } });
    for (const name of ["unknown", "constructor", "__proto__", "sh -c true"]) {
      await expect(hooks.runCommand(name, copy, context)).rejects.toMatchObject({ code: "hook-unknown" });
    }
  });

  it("end with their run", async () => {
    const abort = new AbortController();
    const hooks = await declare({ commands: { slow: shell("echo up > up; sleep 300") } });
    const running = hooks.runCommand("slow", copy, { ...context, signal: abort.signal });
    const ended = running.catch((error: unknown) => error);
    await vi.waitFor(() => access(join(folder, "up")), { timeout: 20_000 });
    abort.abort(new Error("stop it"));
    expect(await ended).toEqual(new Error("stop it"));
  });
});

const server = (body: string) => `
const http = require("node:http");
http.createServer((request, response) => { ${body} }).listen(Number(process.env.PORT), "127.0.0.1");
`;

const node = (script: string, more: object = {}) => ({ command: [process.execPath, "-e", script], directory: folder, ...more });

describe("applications", () => {
  it("are started on the copy, asked, and ended", async () => {
    const answer = `
      if (request.url === "/health") { response.writeHead(++globalThis.asked > 2 ? 200 : 503); response.end(); return; }
      let body = ""; request.on("data", (part) => (body += part)).on("end", () => response.end(JSON.stringify({ url: process.env.SHOP_URL, method: request.method, type: request.headers["content-type"], body })));`;
    const hooks = await declare({
      applications: {
        shop: node(`globalThis.asked = 0;${server(answer)}`, { urlVariable: "SHOP_URL", readyPath: "/health", readySeconds: 20 }),
      },
    });
    const { origin, stop } = await hooks.startApplication("shop", copy, context);
    const order = { method: "POST" as const, path: "/sign-in", body: '{"name":"a"}', timeoutMs: 10_000 };
    const { status, body } = await hooks.request(origin, order, context);
    expect(status).toBe(200);
    // The application has the password; what is kept of its answer has not.
    expect(JSON.parse(body)).toEqual({
      url: copyUrl.replace("sEcret-of-the-copy", "•••"),
      method: "POST",
      type: "application/json",
      body: '{"name":"a"}',
    });
    await stop();
    await expect(hooks.request(origin, order, context)).rejects.toMatchObject({ code: "check-not-possible" });
  });

  it("that end, or never answer, are told with what they said", async () => {
    const hooks = await declare({
      applications: {
        broken: node('console.error("no table users"); process.exit(4)'),
        silent: node("setInterval(() => {}, 1000)", { readySeconds: 1 }),
      },
    });
    await expect(hooks.startApplication("broken", copy, context)).rejects.toMatchObject({
      code: "application-not-ready",
      params: { name: "broken", detail: expect.stringMatching(/exit code 4[^]*no table users/) },
    });
    await expect(hooks.startApplication("silent", copy, context)).rejects.toMatchObject({ code: "application-not-ready" });
  });

  it("cannot lead a request to another address", async () => {
    let reached = 0;
    const elsewhere = createServer((_, response) => {
      reached += 1;
      response.end("secret");
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
    const { port } = elsewhere.address() as { port: number };
    const here = createServer((_, response) => response.writeHead(302, { location: `http://127.0.0.1:${port}/` }).end());
    await new Promise<void>((resolve) => here.listen(0, "127.0.0.1", resolve));
    const origin = `http://127.0.0.1:${(here.address() as { port: number }).port}`;
    const hooks = await declare({});
    const get = (path: string) => hooks.request(origin, { method: "GET", path, body: "", timeoutMs: 5_000 }, context);
    expect(await get("/")).toMatchObject({ status: 302 });
    for (const path of [`//127.0.0.1:${port}/`, `http://127.0.0.1:${port}/`, `/\\127.0.0.1:${port}/`]) {
      await expect(get(path)).rejects.toMatchObject({ code: "check-not-possible" });
    }
    expect(reached).toBe(0);
    here.close();
    elsewhere.close();
  });

  it("that keep a request waiting are not waited for, and what they send is bounded", async () => {
    const here = createServer((request, response) => {
      if (request.url === "/large") response.end("x".repeat(1_000_000));
    });
    await new Promise<void>((resolve) => here.listen(0, "127.0.0.1", resolve));
    const origin = `http://127.0.0.1:${(here.address() as { port: number }).port}`;
    const hooks = await declare({});
    const get = (path: string, timeoutMs: number) => hooks.request(origin, { method: "GET", path, body: "", timeoutMs }, context);
    await expect(get("/never", 200)).rejects.toMatchObject({ code: "check-timeout" });
    expect((await get("/large", 5_000)).body).toHaveLength(262_144);
    here.closeAllConnections();
    here.close();
  });
});

describe("the file", () => {
  it("declares names and nothing of what is behind them", async () => {
    const hooks = await declare({
      commands: { smoke: shell("true", { description: "Signs in", timeoutSeconds: 30 }) },
      applications: { shop: node("", { migrations: { tool: "knex", directory: folder } }) },
    });
    expect(await hooks.declared()).toEqual({
      commands: [{ name: "smoke", description: "Signs in", timeoutSeconds: 30 }],
      applications: [{ name: "shop", description: "", hasMigrationHead: true }],
      problems: [],
    });
  });

  it("that cannot be used is a problem that is told, and nothing of it counts", async () => {
    const wrong = await declare({ commands: { "No Name": shell("true"), relative: { command: ["true"], directory: "here" } } });
    const { commands, problems } = await wrong.declared();
    expect(commands).toEqual([]);
    expect(problems.join("\n")).toMatch(/No Name[^]*relative\.directory: must be an absolute path/);
    await expect(wrong.runCommand("relative", copy, context)).rejects.toMatchObject({ code: "hook-unknown" });
    const missing = createDrillHooks({ file: join(folder, "none.json"), logger });
    expect((await missing.declared()).problems[0]).toContain("ENOENT");
    const none = createDrillHooks({ file: null, logger });
    expect(await none.declared()).toEqual({ commands: [], applications: [], problems: [] });
  });

  it("that everybody may write is refused", async () => {
    const hooks = await declare({ commands: { smoke: shell("true") } });
    await chmod(join(folder, "hooks.json"), 0o666);
    expect((await hooks.declared()).problems[0]).toContain("everybody may write it");
    await expect(hooks.runCommand("smoke", copy, context)).rejects.toMatchObject({ code: "hook-unknown" });
  });
});
