import { mkdirSync, writeFileSync } from "node:fs";
import { chmod, chown, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { expect, onTestFinished, test } from "vitest";
import { runTool } from "#lib/exec/run-tool";
import { createLogger } from "#lib/log/log";
import { testServer } from "#lib/testing/postgres";
import { temporaryFolder } from "#lib/testing/temporary-folder";
import { type ClusterOptions, startCluster, stopCluster } from "./cluster.ts";
import { findClusterUser } from "./os-user.ts";
import { isAlive, readPostmasterPid } from "./postmaster-pid.ts";

const logger = createLogger("error", {}, () => undefined);

async function newOptions(): Promise<ClusterOptions> {
  const options = {
    name: "test",
    dataDir: join(await temporaryFolder(), "data"),
    binDir: testServer(15).binDir,
    password: "canary 'pass' word",
    osUser: await findClusterUser(logger),
    settings: { fsync: "off" },
    logger,
  };
  onTestFinished(() => stopCluster(options, "immediate"));
  return options;
}

async function ask(url: string, query: string): Promise<unknown> {
  const sql = postgres(url, { max: 1, connect_timeout: 30 });
  try {
    return Object.values((await sql.unsafe(query))[0] ?? {})[0];
  } finally {
    await sql.end();
  }
}

test("a cluster asks for its password, listens on loopback only, and is gone after the stop", async () => {
  const options = await newOptions();
  const cluster = await startCluster(options);
  expect(await ask(cluster.url("postgres"), "show listen_addresses")).toBe("127.0.0.1");
  expect(await ask(cluster.url("postgres"), "show unix_socket_directories")).toBe("");
  expect(await ask(cluster.url("postgres"), "show data_checksums")).toBe("on");
  const wrong = cluster.url("postgres").replace(/:[^:@]+@/, ":wrong@");
  await expect(ask(wrong, "select 1")).rejects.toThrow(/password authentication failed/);
  const running = await readPostmasterPid(options.dataDir);
  expect(isAlive(running?.pid ?? 0)).toBe(true);
  await cluster.stop();
  // The pid file is gone a moment before its process is.
  await expect.poll(() => isAlive(running?.pid ?? 0)).toBe(false);
});

test("a server that still runs is adopted, and one that was stopped keeps its data", async () => {
  const options = await newOptions();
  const first = await startCluster(options);
  await ask(first.url("postgres"), "create table kept as select 42 as answer");
  const second = await startCluster(options);
  expect([second.adopted, second.port]).toEqual([true, first.port]);
  await second.stop();
  const third = await startCluster(options);
  expect(third.adopted).toBe(false);
  expect(await ask(third.url("postgres"), "select answer from kept")).toBe(42);
});

test("a server that was killed recovers, whatever its pid file says", async () => {
  const options = await newOptions();
  const first = await startCluster(options);
  await ask(first.url("postgres"), "create table kept as select 42 as answer");
  const running = await readPostmasterPid(options.dataDir);
  process.kill(running?.pid ?? 0, "SIGKILL");
  await expect.poll(() => isAlive(running?.pid ?? 0)).toBe(false);
  const second = await startCluster(options);
  expect(await ask(second.url("postgres"), "select answer from kept")).toBe(42);
});

test("what a killed initdb left is replaced", async () => {
  const options = await newOptions();
  mkdirSync(`${options.dataDir}.new`);
  writeFileSync(join(`${options.dataDir}.new`, "PG_VERSION"), "15\n");
  const cluster = await startCluster(options);
  expect(await ask(cluster.url("postgres"), "select 1")).toBe(1);
});

test("data of another major version is refused with what to install", async () => {
  const options = await newOptions();
  await mkdir(options.dataDir);
  writeFileSync(join(options.dataDir, "PG_VERSION"), "12\n");
  await expect(startCluster(options)).rejects.toThrow(/made by PostgreSQL 12.*install PostgreSQL 12/);
});

test("the password is in no argument of any process", async () => {
  const options = { ...(await newOptions()), password: "very-visible-canary" };
  await startCluster(options);
  const running = await readPostmasterPid(options.dataDir);
  const { stdout } = await runTool({ file: "ps", args: ["-eo", "args"], timeoutMs: 10_000, rawStdout: true, maxOutputBytes: 4_000_000 });
  expect(stdout).toContain(options.dataDir);
  expect(stdout).not.toContain("very-visible-canary");
  expect(await readFile(join(options.dataDir, "postmaster.opts"), "utf8")).not.toContain("canary");
  expect(running?.pid).toBeGreaterThan(1);
});

test("an ordinary account runs a cluster as itself", async () => {
  const folder = await temporaryFolder();
  const home = join(folder, "home");
  const nobody = 65_534;
  const isRoot = process.getuid?.() === 0;
  await mkdir(home);
  await chmod(home, 0o700);
  if (isRoot) await chown(home, nobody, nobody);
  // The modules are loaded before the account changes: a clone may lie where only root can read.
  const script = `
    const { startCluster } = await import(${JSON.stringify(fileURLToPath(new URL("cluster.ts", import.meta.url)))});
    const { createLogger } = await import("#lib/log/log");
    const { findClusterUser } = await import("#lib/clusters/os-user");
    await import("execa");
    if (${isRoot}) { process.setgroups([]); process.setgid(${nobody}); process.setuid(${nobody}); }
    const logger = createLogger("error");
    const osUser = await findClusterUser(logger);
    const dataDir = ${JSON.stringify(join(home, "data"))};
    const cluster = await startCluster({ name: "own", dataDir, binDir: ${JSON.stringify(testServer(15).binDir)}, password: "secret", osUser, logger });
    const { statSync } = await import("node:fs");
    console.log(JSON.stringify({ osUser, isOwn: statSync(dataDir).uid === process.getuid() }));
    await cluster.stop();
    console.log("stopped");`;
  const result = await runTool({
    file: process.execPath,
    args: ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", script],
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    timeoutMs: 240_000,
  });
  expect(result.stderr).toBe("");
  expect(result.stdout.trim().split("\n")).toEqual(['{"osUser":null,"isOwn":true}', "stopped"]);
});
