import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createShopDatabase, type TestDatabase, testServer } from "#lib/testing/postgres";
import { temporaryFolder } from "#lib/testing/temporary-folder";
import { addSource } from "#lib/testing/worker-setup";
import type { Worker } from "#lib/worker/worker";
import { runCli } from "./cli-fixture.ts";
import { type Installation, startInstallation } from "./web-fixture.ts";

// The command-line half of the gate: whatever fails, nothing may be deployed.
const server = testServer(15);
let home: Installation;
let shop: TestDatabase;
let worker: Worker;
/** Packs are cut short right before the next verification reads them. */
let damagesPacks = false;

beforeAll(async () => {
  home = await startInstallation();
  shop = await createShopDatabase(server);
  await addSource(home.context, server, shop.name, { name: "shop" });
  await addSource(home.context, server, "is_not_there", { name: "gone" });
  worker = await home.station.startWorker({
    tickMs: 50,
    change: (deps) => {
      const { repository } = deps;
      const verify: typeof repository.verify = async (...args) => {
        if (damagesPacks) cutPacks();
        return await repository.verify(...args);
      };
      return { ...deps, repository: { ...repository, verify } };
    },
  });
});
afterAll(async () => {
  await worker.stop();
  await home.stop();
  await shop.drop();
});

function cutPacks(): void {
  const { backupDir } = home.station;
  for (const name of readdirSync(backupDir, { recursive: true, encoding: "utf8" }))
    if (name.endsWith(".dump.zst")) truncateSync(join(backupDir, name), 1_000);
}

const node = (script: string) => ["--", process.execPath, "-e", script];
const gateOf = (out: string) => JSON.parse(out) as { id: string } & Record<string, unknown>;

describe("lifeboat gate", () => {
  it("passes after backup, verification and the caller's command, and keeps who deployed what", async () => {
    const ended = await home.start(
      "gate",
      "--source",
      "shop",
      "--commit",
      "abc123",
      "--json",
      ...node("console.log('checked'); if (process.env.LIFEBOAT_TOKEN) process.exit(9)"),
    ).ended;
    expect(ended).toMatchObject({ code: 0, err: expect.stringMatching(/^may deploy: shop is backed up/m) as unknown });
    expect(gateOf(ended.out)).toMatchObject({ state: "passed", mayDeploy: true, commit: "abc123", operator: "Ada", exitCode: 0 });
    expect(ended.err).not.toContain("DO NOT DEPLOY");
  });

  it("gives the command the caller's environment, and nothing of the installation's .env", async () => {
    // An installation folder of its own: the same program, and a .env beside it.
    const folder = await temporaryFolder();
    const root = join(import.meta.dirname, "../..");
    for (const name of ["lib", "messages", "node_modules"]) symlinkSync(join(root, name), join(folder, name));
    copyFileSync(join(root, "package.json"), join(folder, "package.json"));
    const secrets = { DATABASE_URL: "postgresql://canary@127.0.0.1:9/canary", LIFEBOAT_KEY: "canary", SMTP_PASSWORD: "canary" };
    const file = Object.entries({ ...secrets, ...home.env, FROM_CALLER: "file" }).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(join(folder, ".env"), file.join(""));
    const flags = ["--preserve-symlinks", "--preserve-symlinks-main", "--disable-warning=ExperimentalWarning"];
    const check = node("console.error(JSON.stringify(process.env))");
    const args = [...flags, join(folder, "lib/cli/main.ts"), "gate", "--source", "shop", "--json", ...check];
    const env = { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent", FROM_CALLER: "caller" } as unknown as NodeJS.ProcessEnv;
    const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    // Without the file it would know neither where Lifeboat is nor have a token.
    expect({ err, state: gateOf(out)["state"] }).toMatchObject({ state: "passed" });
    const line = err.split("\n").find((each) => each.startsWith("{")) ?? "";
    const seen = JSON.parse(line) as Record<string, string>;
    expect(seen).toMatchObject({ FROM_CALLER: "caller", HOME: "/nonexistent", LIFEBOAT_GATE_ID: expect.any(String) as unknown });
    for (const name of [...Object.keys(secrets), ...Object.keys(home.env)]) expect(seen).not.toHaveProperty(name);
    expect(err).not.toContain("canary");
  });

  it("says do not deploy when the command fails, cannot be started, or no name is said", async () => {
    const failed = await home.start(
      "gate",
      "--source",
      "shop",
      "--json",
      ...node("console.error('migration is not reversible'); process.exit(3)"),
    ).ended;
    expect(failed).toMatchObject({ code: 4, err: expect.stringMatching(/^DO NOT DEPLOY: /m) as unknown });
    expect(failed.err).toContain("migration is not reversible");
    expect(gateOf(failed.out)).toMatchObject({ state: "failed", mayDeploy: false, exitCode: 3 });
    const missing = await home.run("gate", "--source", "shop", "--", "/nonexistent/check");
    expect(missing).toMatchObject({ code: 4, err: expect.stringContaining("could not be started (ENOENT)") as unknown });
    expect(await home.run("gate", "--", "true")).toMatchObject({ code: 2, err: expect.stringContaining("DO NOT DEPLOY") as unknown });
    const tokenless = { ...home.env, LIFEBOAT_TOKEN: "", LIFEBOAT_TOKEN_FILE: "/nonexistent/token" };
    const unread = await runCli("lifeboat", ["gate", "--source", "shop", "--", "true"], tokenless);
    expect(unread).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^DO NOT DEPLOY\nlifeboat: LIFEBOAT_TOKEN_FILE: .*ENOENT/) as unknown,
    });
    expect((await runCli("lifeboat", ["sources"], tokenless)).err).not.toContain("DO NOT DEPLOY");
    const away = await home.run("gate", "--source", "shop", "--server-url", "http://127.0.0.1:9", "--", "true");
    expect(away).toMatchObject({ code: 4, err: expect.stringContaining("DO NOT DEPLOY") as unknown });
  });

  it("never opens for a command whose -- was forgotten: it would pass without the check", async () => {
    const gates = async () => {
      const answer = await fetch(`${home.baseUrl}/api/v1/gates?limit=100`, { headers: { authorization: `Bearer ${home.token}` } });
      return ((await answer.json()) as { items: unknown[] }).items.length;
    };
    const before = await gates();
    const ended = await home.start("gate", "--source", "shop", "npm", "run", "release-check").ended;
    expect(ended).toMatchObject({
      code: 2,
      out: "",
      err: expect.stringMatching(/^DO NOT DEPLOY\nlifeboat: the command goes behind --/) as unknown,
    });
    expect(await gates()).toBe(before);
  });

  it.each(["stdout", "stderr"] as const)("is as strict when nobody reads its %s any more", async (stream) => {
    const main = join(import.meta.dirname, "main.ts");
    const args = ["--disable-warning=ExperimentalWarning", main, "gate", "--source", "shop", "--json", "--", "false"];
    const env = { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent", ...home.env } as unknown as NodeJS.ProcessEnv;
    const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    child[stream].destroy();
    const other = text(stream === "stdout" ? child.stderr : child.stdout);
    const [code] = (await once(child, "exit")) as [number | null];
    expect({ code, other: await other }).toMatchObject({
      code: 4,
      other: expect.stringMatching(stream === "stdout" ? /DO NOT DEPLOY/ : /"failed"/) as unknown,
    });
    const answer = await fetch(`${home.baseUrl}/api/v1/gates?limit=1`, { headers: { authorization: `Bearer ${home.token}` } });
    expect(await answer.json()).toMatchObject({ items: [{ state: "failed", exitCode: 1 }] });
  });

  it("says do not deploy when the backup fails, and never runs the command", async () => {
    const marker = join(await temporaryFolder(), "ran");
    const ended = await home.run("gate", "--source", "gone", "--json", "--", "touch", marker);
    expect(ended).toMatchObject({ code: 4, err: expect.stringMatching(/^DO NOT DEPLOY: /m) as unknown });
    expect(gateOf(ended.out)).toMatchObject({ state: "failed", mayDeploy: false, exitCode: null });
    expect(existsSync(marker)).toBe(false);
  });

  it("says do not deploy when the verification fails, and never runs the command", async () => {
    const marker = join(await temporaryFolder(), "ran");
    damagesPacks = true;
    const ended = await home.run("gate", "--source", "shop", "--json", "--", "touch", marker);
    damagesPacks = false;
    expect(ended).toMatchObject({ code: 4, err: expect.stringMatching(/^DO NOT DEPLOY: /m) as unknown });
    expect(gateOf(ended.out)).toMatchObject({ state: "failed", verifiedAt: null, exitCode: null });
    expect(existsSync(marker)).toBe(false);
  });

  it("Ctrl-C ends the command, gives the gate up and says do not deploy", async () => {
    const marker = join(await temporaryFolder(), "pid");
    const running = home.start(
      "gate",
      "--source",
      "shop",
      ...node(`fs.writeFileSync(${JSON.stringify(marker)}, String(process.pid)); setInterval(() => 0, 1000)`),
    );
    await vi.waitFor(() => expect(readFileSync(marker, "utf8")).toMatch(/^\d+$/), { timeout: 60_000 });
    running.kill("SIGINT");
    const ended = await running.ended;
    expect(ended).toMatchObject({ code: 130, err: expect.stringContaining("DO NOT DEPLOY") as unknown });
    expect(() => process.kill(Number(readFileSync(marker, "utf8")), 0)).toThrow(/ESRCH/);
    const answer = await fetch(`${home.baseUrl}/api/v1/gates?limit=1`, { headers: { authorization: `Bearer ${home.token}` } });
    expect(await answer.json()).toMatchObject({ items: [{ state: "failed", mayDeploy: false }] });
  });
});
