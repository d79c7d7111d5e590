import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { createEmptyDatabase, testServer } from "#lib/testing/postgres";
import { quietLogger } from "#lib/testing/quiet-logger";
import { temporaryFolder } from "#lib/testing/temporary-folder";
import { upgradeCatalogue, waitForUpgrade } from "./migrate.ts";

const main = fileURLToPath(new URL("main.ts", import.meta.url));

async function start(args: string[], env: Record<string, string>): Promise<{ child: ChildProcess; printed: () => string }> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", main, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { NODE_ENV: "production", PATH: process.env["PATH"], NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"], ...env },
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => void (text += chunk.toString()));
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  });
  return { child, printed: () => text };
}

test("a worker by itself waits for the catalogue, works, and ends with its signal", async () => {
  const home = await createEmptyDatabase(testServer(15));
  onTestFinished(home.drop);
  const dataDir = await temporaryFolder();
  const env = { DATABASE_URL: home.url, LIFEBOAT_DATA_DIR: dataDir, DISABLE_AUTO_BACKUP: "1", LIFEBOAT_HEARTBEAT_MS: "100" };
  const { child, printed } = await start(["--only=worker"], env);
  await expect.poll(printed).toContain("Waiting until Lifeboat's web part has prepared the catalogue");
  await upgradeCatalogue(
    { url: home.url, backupDir: `${dataDir}/backups`, pgBinPath: [], logger: quietLogger },
    () => undefined,
    new Date(),
  );
  await expect.poll(printed).toContain("The worker was started.");
  // What web does at its start: the worker looks for this row.
  await home.sql`insert into lifeboat.installation (id, created_at, last_seen_at) values ('ins_1', now(), now())`;
  const workers = () => home.sql`select 1 from lifeboat.workers where stopped_at is null`;
  await expect.poll(workers).toHaveLength(1);
  // It listens to signals by the time that it has beaten more than once.
  const beats = new Set<string>();
  const beat = async () => beats.add(String((await home.sql`select heartbeat_at::text as at from lifeboat.workers`)[0]?.["at"])).size;
  await expect.poll(beat).toBeGreaterThan(3);
  child.kill("SIGTERM");
  const [code] = (await once(child, "exit")) as [number];
  expect(code).toBe(0);
  expect(printed()).toContain("Stopped.");
  expect(await workers()).toHaveLength(0);
});

test("one part alone asks for a catalogue, and an unknown option is named", async () => {
  const env = { LIFEBOAT_DATA_DIR: await temporaryFolder() };
  for (const [args, said] of [
    [["--only=web"], "--only=web needs DATABASE_URL"],
    [["--only=wrok"], "Unknown option: --only=wrok"],
  ] as const) {
    const { child, printed } = await start([...args], env);
    const [code] = (await once(child, "exit")) as [number];
    expect([code, printed()]).toEqual([1, expect.stringContaining(said)]);
  }
});

test("a part does not wait for a catalogue that a newer version made", async () => {
  const home = await createEmptyDatabase(testServer(15));
  onTestFinished(home.drop);
  const backupDir = await temporaryFolder();
  await upgradeCatalogue({ url: home.url, backupDir, pgBinPath: [], logger: quietLogger }, () => undefined, new Date());
  await home.sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 99999999999999)`;
  await expect(waitForUpgrade(home.url, () => undefined, new AbortController().signal)).rejects.toThrow(/upgraded by a newer version/);
});
