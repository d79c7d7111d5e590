import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "playwright/test";
import postgres from "postgres";
import { startLifeboat } from "./lifeboat.ts";
import { databaseUrl } from "./shop-server.ts";
import { surroundings } from "./surroundings.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Processes that name the folder in their arguments or their environment. */
function processesOf(dataDir: string): string[] {
  const found: string[] = [];
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
      if (Number(pid) !== process.pid && (command.includes(dataDir) || environment.includes(`=${dataDir}`)))
        found.push(`${pid} ${command}`);
    } catch {
      // It ended meanwhile, or belongs to somebody else.
    }
  }
  return found;
}

async function runUp(env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [join(root, "scripts", "up.mjs")], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes: Buffer) => (output += bytes.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output };
}

test("a second Lifeboat starts quickly, says what is in the way, and leaves no process after SIGTERM to npm", async ({ request }) => {
  test.setTimeout(600_000);
  const begin = async () => {
    const startedAt = Date.now();
    const started = await startLifeboat({ args: [] });
    return { ...started, tookMs: Date.now() - startedAt };
  };
  let lifeboat = await begin();
  if (lifeboat.tookMs > 30_000) {
    // Journeys beside it may have had the machine: the quicker one of two is how long it takes.
    await lifeboat.stop();
    lifeboat = await begin();
  }
  const { dataDir, url, child } = lifeboat;
  try {
    // The pages were built by the global set-up: nothing is installed or built again.
    expect(lifeboat.output()).not.toMatch(/Installing|Building/);
    expect(lifeboat.tookMs).toBeLessThan(30_000);
    expect((await request.get(`${url}/api/health/ready`)).status()).toBe(200);

    const port = new URL(url).port;
    const busy = await runUp({ PORT: port, LIFEBOAT_DATA_DIR: `${dataDir}-other`, HOST: "127.0.0.1" });
    rmSync(`${dataDir}-other`, { recursive: true, force: true });
    expect(busy.code).toBe(1);
    expect(busy.output).toContain(`Port ${port} on 127.0.0.1 is in use by another program.`);

    const twice = await runUp({ PORT: String(Number(port) + 1), LIFEBOAT_DATA_DIR: dataDir, HOST: "127.0.0.1" });
    expect(twice.code).toBe(1);
    expect(twice.output).toMatch(/Lifeboat already runs on .* \(process \d+\)\. Stop it first/);

    expect(processesOf(dataDir).length).toBeGreaterThan(3);
    const exited = child.exitCode === null ? once(child, "exit") : Promise.resolve();
    child.kill("SIGTERM");
    await exited;
    await expect.poll(() => processesOf(dataDir)).toEqual([]);
  } finally {
    await lifeboat.stop();
  }
});

test("what is wrong in the configuration is named line by line, without values", async () => {
  const result = await runUp({ PORT: "seventy", LIFEBOAT_BOOTSTRAP_TOKEN: "short-canary", LIFEBOAT_ADMIN_PASSWORD: "" });
  expect(result.code).toBe(1);
  expect(result.output).toContain("PORT: must be a port number between 1 and 65535");
  expect(result.output).toContain("LIFEBOAT_BOOTSTRAP_TOKEN: must have at least 24 characters");
  expect(result.output).not.toContain("short-canary");
});

test("a catalogue that does not answer is told with what to check, and its password is not", async () => {
  const env = { DATABASE_URL: "postgresql://lifeboat:canary-password@127.0.0.1:1/lifeboat" };
  const dataDir = `${surroundings().dataDir}-external`;
  const result = await runUp({ ...env, PORT: "3977", LIFEBOAT_DATA_DIR: dataDir, HOST: "127.0.0.1" });
  rmSync(dataDir, { recursive: true, force: true });
  expect(result.code).toBe(1);
  expect(result.output).toContain("The catalogue in DATABASE_URL does not answer");
  expect(result.output).not.toContain("canary-password");
});

test("an external catalogue is used where DATABASE_URL names one, and no cluster is made", async ({ request }) => {
  const { shop } = surroundings();
  const database = `catalogue_${Date.now()}`;
  const admin = postgres(shop.adminUrl, { max: 1 });
  await admin`CREATE DATABASE ${admin(database)}`;
  const lifeboat = await startLifeboat({ env: { DATABASE_URL: databaseUrl(shop, database) } });
  try {
    expect((await request.get(`${lifeboat.url}/api/health/ready`)).status()).toBe(200);
    const system = await request.get(`${lifeboat.url}/api/v1/system`, { headers: { Authorization: `Bearer ${lifeboat.token}` } });
    expect(await system.json()).toMatchObject({ catalogue: "external" });
    expect(existsSync(join(lifeboat.dataDir, "catalogue"))).toBe(false);
    const [found] = await admin`SELECT count(*)::int AS connections FROM pg_stat_activity WHERE datname = ${database}`;
    expect(found?.["connections"]).toBeGreaterThan(0);
  } finally {
    await lifeboat.stop();
    await admin`DROP DATABASE ${admin(database)} WITH (FORCE)`;
    await admin.end();
  }
});

test("the data of an installation can be read by its owner only", () => {
  const dataDir = surroundings().dataDir;
  const secrets = readdirSync(dataDir).filter((name) => name.endsWith(".password") || name.endsWith(".key"));
  expect(secrets.sort()).toEqual(["catalogue.password", "installation.key", "sample.password"]);
  for (const name of secrets) expect([name, statSync(join(dataDir, name)).mode & 0o777]).toEqual([name, 0o600]);
});
