import { eq } from "drizzle-orm";
import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backups } from "#lib/db/schema/backups";
import { chainLocks } from "#lib/db/schema/chain-locks";
import { restores } from "#lib/db/schema/restores";
import { runLog } from "#lib/db/schema/run-log";
import { runSteps } from "#lib/db/schema/run-steps";
import { servers } from "#lib/db/schema/servers";
import { LifeboatError } from "#lib/domain/error";
import { createLogger } from "#lib/log/log";
import { createBackup } from "#lib/services/backups/run-now";
import { verifyBackup } from "#lib/services/backups/verify";
import { createRestore } from "#lib/services/restores/start";
import type { RunRow } from "#lib/services/runs/start";
import type { WorkerDeps } from "#lib/services/runs/work";
import { passwordContext } from "#lib/services/servers/secrets";
import { testContext, type TestContext } from "#lib/testing/context";
import { makeFaultTools } from "#lib/testing/fault-tools";
import { createCatalogue, createEmptyDatabase, type TestCatalogue, type TestDatabase, testServer } from "#lib/testing/postgres";
import { restoreOrder } from "#lib/testing/restore-order";
import { addSource, createStation, type Station, untilEnded } from "#lib/testing/worker-setup";

const none = { query: {}, ifMatch: null } as const;
const server = testServer(15);
const canary = "canary-5Zq9-never-shown";
const wrongCanary = "canary-wrong-8Kd2-never-shown";
const role = `canary_${process.pid}`;
const output: string[] = [];
const logger = createLogger("debug", { process: "worker" }, (line) => void output.push(line));
let test: TestCatalogue;
let context: TestContext;
let station: Station;
let source: TestDatabase;
let serverId: string;
let sourceId: string;
const db = () => test.catalogue.db;

beforeAll(async () => {
  test = await createCatalogue();
  context = testContext(test.catalogue);
  await server.admin().unsafe(`create role "${role}" superuser login password '${canary}'`);
  source = await createEmptyDatabase(server);
  await source.sql`create table pets as select i as id, md5(i::text) as name from generate_series(1, 20000) i`;
  ({ serverId, sourceId } = await addSource(context, { ...server, superuser: role, password: canary }, source.name));
  station = await createStation({ catalogue: test.catalogue, url: test.url, context });
});

afterAll(async () => {
  await source.drop();
  await server.admin().unsafe(`drop role "${role}"`);
  await test.drop();
  await station.remove();
});

type Faults = { scripts?: Parameters<typeof makeFaultTools>[1]; change?: (deps: WorkerDeps) => WorkerDeps };

async function withWorker<T>(faults: Faults, work: () => Promise<T>): Promise<T> {
  const pgBinPath = faults.scripts === undefined ? [] : [await makeFaultTools(server.binDir, faults.scripts)];
  const worker = await station.startWorker({ pgBinPath, logger, ...(faults.change === undefined ? {} : { change: faults.change }) });
  try {
    return await work();
  } finally {
    await worker.stop();
  }
}

async function backUp(): Promise<RunRow> {
  const { id } = await createBackup(context, { ...none, params: {}, body: { sourceId, kind: "full", reason: "", note: "" } });
  return untilEnded(db(), id);
}

async function restore(backupId: string, database: string, keepOnFailure = false) {
  const body = restoreOrder({ backupId, serverId, database, keepOnFailure });
  const { run, restoreId } = await createRestore(context, { ...none, params: {}, body });
  const ended = await untilEnded(db(), run.id);
  const [row] = await db().select().from(restores).where(eq(restores.id, restoreId));
  return { ended, row };
}

async function exists(database: string): Promise<boolean> {
  return (await server.admin()`select 1 from pg_database where datname = ${database}`).length > 0;
}

async function expectNothingVisible(): Promise<void> {
  expect(await db().select().from(backups)).toEqual([]);
  expect(await db().select().from(chainLocks)).toEqual([]);
  const files = await readdir(station.backupDir, { recursive: true });
  expect(files.filter((name) => name.includes(".zst") || name.includes("~"))).toEqual([]);
  expect(await readdir(station.tempDir)).toEqual([]);
}

const flood = `yes '<script>alert(1)</script>' | head -c 10000000 >&2; printf '\\033[31mred\\033[0m <b>bold</b>\\n' >&2`;

describe("a backup whose pg_dump", () => {
  it.each([
    ["exits 0 without a byte", "exit 0", "tool-empty-output"],
    ["exits 1 after all bytes were written", `REAL "$@"; exit 1`, "tool-failed"],
    ["exits 0 after a cut", `REAL "$@" | head -c 100000; exit 0`, "stream-cut"],
    ["is killed with -9 half-way", `REAL "$@" | head -c 100000; kill -9 $$`, "tool-killed"],
  ])("%s fails with the reason and leaves nothing", async (_, script, code) => {
    const run = await withWorker({ scripts: { pg_dump: script } }, backUp);
    expect(run).toMatchObject({ state: "failed", error: { code }, backupId: null });
    const steps = await db().select().from(runSteps).where(eq(runSteps.runId, run.id)).orderBy(runSteps.ordinal);
    expect(steps.map((step) => step.state)).toEqual(["done", "failed", "skipped", "skipped"]);
    await expectNothingVisible();
  });

  it("floods standard error with 10 MB of HTML and colours keeps it bounded, stripped and as text", async () => {
    const run = await withWorker({ scripts: { pg_dump: `${flood}; exit 1` } }, backUp);
    expect(run).toMatchObject({ state: "failed", error: { code: "tool-failed" } });
    const lines = await db().select().from(runLog).where(eq(runLog.runId, run.id));
    const text = lines.map((line) => line.text).join("\n");
    expect(lines.length).toBeLessThanOrEqual(10_001);
    expect(Math.max(...lines.map((line) => Buffer.byteLength(line.text)))).toBeLessThanOrEqual(4_096);
    expect(JSON.stringify(run.error).length).toBeLessThan(10_000);
    // oxlint-disable-next-line no-control-regex
    expect(/[\u001b]/.test(text + JSON.stringify(run.error))).toBe(false);
    await expectNothingVisible();
  });

  it("says warnings and exits 0 is stored, with its warnings on the run and on the backup", async () => {
    const warning = "pg_dump: warning: there are circular foreign-key constraints on this table";
    const run = await withWorker({ scripts: { pg_dump: `echo "${warning}" >&2; exec REAL "$@"` } }, backUp);
    expect(run).toMatchObject({ state: "succeeded", warnings: expect.arrayContaining([warning]) });
    const [backup] = await db().select().from(backups);
    expect(backup?.warnings).toContain(warning);
  });
});

it("stores a backup far smaller than its history, and shows the anomaly", async () => {
  await source.sql`create table emptied as select i, repeat(md5(i::text), 4) as text from generate_series(1, 60000) i`;
  await withWorker({}, async () => {
    await backUp();
    await db().delete(backups).where(eq(backups.anomalies, []));
    expect((await backUp()).state).toBe("succeeded");
  });
  await source.sql`drop table emptied`;
  const run = await withWorker({}, backUp);
  expect(run.state).toBe("succeeded");
  const [backup] = await db()
    .select()
    .from(backups)
    .where(eq(backups.id, run.backupId ?? ""));
  expect(backup?.state).toBe("available");
  expect(backup?.anomalies.map((anomaly) => anomaly.code)).toEqual(expect.arrayContaining(["far-smaller", "far-fewer-rows"]));
});

describe("a restore whose pg_restore", () => {
  const halfWay = `REAL --section=pre-data "$@"; kill -9 $$`;
  const name = (suffix: string) => `tool_${process.pid}_${suffix}`;
  const backupId = async () => (await db().select().from(backups).limit(1))[0]?.id ?? "";

  it("is killed with -9 half-way fails, and its new database is removed", async () => {
    const { ended, row } = await withWorker({ scripts: { pg_restore: halfWay } }, async () => restore(await backupId(), name("gone")));
    expect(ended).toMatchObject({ state: "failed", error: { code: "tool-killed" } });
    expect(row).toMatchObject({ outcome: "removed", createdDatabase: false });
    expect(await exists(name("gone"))).toBe(false);
  });

  it("is killed with -9 half-way leaves its database where that was asked for, marked as unfinished", async () => {
    const { row } = await withWorker({ scripts: { pg_restore: halfWay } }, async () => restore(await backupId(), name("kept"), true));
    expect(row).toMatchObject({ outcome: "kept-after-failure", createdDatabase: true });
    const [marked] = await server.admin()`
      select shobj_description(oid, 'pg_database') as comment from pg_database where datname = ${name("kept")}`;
    expect(marked?.["comment"]).toContain("unfinished restore");
    await server.admin().unsafe(`drop database "${name("kept")}"`);
  });

  it.each([
    ["exits 1 after it loaded everything", `REAL "$@"; exit 1`, "restore-errors"],
    ["ignored an error", `REAL "$@"; echo 'pg_restore: error: could not execute query: ERROR:  out of luck' >&2; exit 1`, "restore-errors"],
    ["exits 0 without doing anything", "exit 0", "restore-differs"],
  ])("%s is no success", async (_, script, code) => {
    const { ended, row } = await withWorker({ scripts: { pg_restore: script } }, async () => restore(await backupId(), name("no")));
    expect(ended).toMatchObject({ state: "failed", error: { code } });
    expect(row?.outcome).toBe("removed");
    expect(await exists(name("no"))).toBe(false);
  });
});

it("says so when the database is dropped in the middle of its backup", async () => {
  const doomed = await createEmptyDatabase(server);
  await doomed.sql`create table big as select i, repeat(md5(i::text), 8) as text from generate_series(1, 60000) i`;
  const { sourceId: doomedId } = await addSource(context, { ...server, superuser: role, password: canary }, doomed.name);
  const dropInTheMiddle = (deps: WorkerDeps): WorkerDeps => ({
    ...deps,
    repository: {
      ...deps.repository,
      write: async (request) => {
        await server.admin().unsafe(`drop database "${doomed.name}" with (force)`);
        return deps.repository.write(request);
      },
    },
  });
  const run = await withWorker({ change: dropInTheMiddle }, async () => {
    const { id } = await createBackup(context, { ...none, params: {}, body: { sourceId: doomedId, kind: "full", reason: "", note: "" } });
    return untilEnded(db(), id);
  });
  expect(run.state).toBe("failed");
  expect(run.error?.code).toMatch(/^(database-dropped|database-missing|connection-lost)$/);
  expect(await db().select().from(backups).where(eq(backups.sourceId, doomedId))).toEqual([]);
  await doomed.drop();
});

it("fails visibly with the cure where pg_dump is missing, also at start, and goes on", async () => {
  const missing = {
    code: "tool-missing",
    params: { tool: "pg_dump", major: 15, install: "sudo apt-get install postgresql-client-15" },
  } as const;
  const withoutTools = (deps: WorkerDeps): WorkerDeps => ({
    ...deps,
    engine: { ...deps.engine, snapshot: () => Promise.reject(new LifeboatError(missing.code, missing.params)) },
  });
  const run = await withWorker({ change: withoutTools }, backUp);
  expect(run).toMatchObject({ state: "failed", error: missing });
});

it("fails with password-wrong when the password is", async () => {
  const sealed = context.keyring.seal(wrongCanary, passwordContext(serverId));
  const [before] = await db().select().from(servers).where(eq(servers.id, serverId));
  await db().update(servers).set({ passwordSealed: sealed }).where(eq(servers.id, serverId));
  expect(await withWorker({}, backUp)).toMatchObject({ state: "failed", error: { code: "password-wrong" } });
  await db()
    .update(servers)
    .set({ passwordSealed: before?.passwordSealed ?? null })
    .where(eq(servers.id, serverId));
});

it("verifies what it stored before all that", async () => {
  const [backup] = await db().select().from(backups).limit(1);
  await withWorker({}, async () => {
    const { id } = await verifyBackup(context, { ...none, params: { id: backup?.id ?? "" }, body: {} });
    expect(await untilEnded(db(), id)).toMatchObject({ state: "succeeded" });
  });
});

it("shows the password of the source nowhere: not in a row of the catalogue, not in the worker's output", async () => {
  const tables = await test.catalogue.sql<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('lifeboat', 'pgboss')`;
  expect(tables.length).toBeGreaterThan(10);
  const texts: string[] = [];
  for (const { name } of tables) {
    const rows = await test.catalogue.sql.unsafe<{ row: string }[]>(`select t::text as row from ${name} t`);
    texts.push(...rows.map((row) => row.row));
  }
  const everything = [...texts, ...output, ...context.woken.map((wake) => JSON.stringify(wake))].join("\n");
  expect(everything).toContain("password-wrong");
  expect(output.length).toBeGreaterThan(20);
  for (const secret of [canary, wrongCanary, encodeURIComponent(canary), Buffer.from(canary).toString("base64")]) {
    expect(everything).not.toContain(secret);
  }
});
