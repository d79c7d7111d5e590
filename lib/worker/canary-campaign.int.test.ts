import { eq } from "drizzle-orm";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { endpoints } from "#lib/contracts/endpoints";
import { backups } from "#lib/db/schema/backups";
import { servers } from "#lib/db/schema/servers";
import type { Handler } from "#lib/http/route";
import { setRuntime } from "#lib/http/runtime";
import { createLogger } from "#lib/log/log";
import { createBackup } from "#lib/services/backups/run-now";
import { createRestore } from "#lib/services/restores/start";
import type { RunRow } from "#lib/services/runs/start";
import type { WorkerDeps } from "#lib/services/runs/work";
import { checkServer } from "#lib/services/servers/check";
import { passwordContext } from "#lib/services/servers/secrets";
import { testContext, type TestContext } from "#lib/testing/context";
import { makeFaultTools } from "#lib/testing/fault-tools";
import { createCatalogue, createEmptyDatabase, type TestCatalogue, type TestDatabase, testServer } from "#lib/testing/postgres";
import { restoreOrder } from "#lib/testing/restore-order";
import { signedInPerson, testRuntime, type TestRuntime } from "#lib/testing/web-runtime";
import { addSource, createStation, type Station, untilEnded } from "#lib/testing/worker-setup";

// FAULTS.md line 27: a canary password goes through every failure that tests know how to inject, and must come out nowhere.
const none = { query: {}, ifMatch: null } as const;
const server = testServer(15);
const canary = "canary-7Hq2-nowhere@:/%";
const wrong = "canary-wrong-4Tz8-nowhere";
const typed = "canary-typed-1Lp6-nowhere";
const secrets = [canary, wrong, typed].flatMap((secret) => [secret, encodeURIComponent(secret), Buffer.from(secret).toString("base64")]);
const role = `canary_all_${process.pid}`;
const output: string[] = [];
const logger = createLogger("debug", { process: "worker" }, (line) => void output.push(line));
let test: TestCatalogue;
let context: TestContext;
let station: Station;
let source: TestDatabase;
let runtime: TestRuntime;
let cookie: string;
let serverId: string;
let sourceId: string;
let commandLines = "";
const db = () => test.catalogue.db;

beforeAll(async () => {
  test = await createCatalogue();
  runtime = testRuntime(test.catalogue);
  setRuntime(runtime);
  cookie = (await signedInPerson(runtime, "admin")).cookie;
  context = testContext(test.catalogue, { keyring: runtime.keyring });
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

/** What every process of this machine shows to everybody. */
async function lookAtCommandLines(): Promise<void> {
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (/pg_dump|pg_restore|psql/.test(line)) commandLines += `${line}\n`;
  }
}

type Faults = { scripts?: Parameters<typeof makeFaultTools>[1]; change?: (deps: WorkerDeps) => WorkerDeps };

async function withWorker<T>(faults: Faults, work: () => Promise<T>): Promise<T> {
  const pgBinPath = faults.scripts === undefined ? [] : [await makeFaultTools(server.binDir, faults.scripts)];
  const worker = await station.startWorker({ pgBinPath, logger, ...(faults.change === undefined ? {} : { change: faults.change }) });
  const done = work();
  const watch = new AbortController();
  const isOver = () => watch.signal.aborted;
  void done.finally(() => watch.abort()).catch(() => undefined);
  try {
    while (!isOver()) await lookAtCommandLines();
    return await done;
  } finally {
    await worker.stop();
  }
}

async function backUp(): Promise<RunRow> {
  const { id } = await createBackup(context, { ...none, params: {}, body: { sourceId, kind: "full", reason: "", note: "" } });
  return untilEnded(db(), id);
}

async function restore(database: string): Promise<RunRow> {
  const [backup] = await db().select().from(backups).limit(1);
  const body = restoreOrder({ backupId: backup?.id ?? "", serverId, database });
  const { run } = await createRestore(context, { ...none, params: {}, body });
  return untilEnded(db(), run.id);
}

async function withServer<T>(change: Partial<typeof servers.$inferInsert>, work: () => Promise<T>): Promise<T> {
  const [before] = await db().select().from(servers).where(eq(servers.id, serverId));
  await db().update(servers).set(change).where(eq(servers.id, serverId));
  try {
    return await work();
  } finally {
    await db().update(servers).set(before!).where(eq(servers.id, serverId));
  }
}

const throwing = (message: string) => (deps: WorkerDeps) => ({
  ...deps,
  repository: { ...deps.repository, write: () => Promise.reject(new Error(message)) },
});

/** Tools that tell everything they know, as badly as they can. */
const tattling = `env >&2; cat "$PGPASSFILE" >&2; cat "$PGPASSFILE"; echo "connection to server failed: password=${canary}" >&2; exit 1`;

const failures: [string, string, () => Promise<RunRow>][] = [
  ["a backup that works", "succeeded", () => withWorker({}, backUp)],
  ["a pg_dump that tells its environment and its passfile", "failed", () => withWorker({ scripts: { pg_dump: tattling } }, backUp)],
  ["a killed pg_dump", "failed", () => withWorker({ scripts: { pg_dump: `REAL "$@" | head -c 100000; kill -9 $$` } }, backUp)],
  ["an empty dump", "failed", () => withWorker({ scripts: { pg_dump: "exit 0" } }, backUp)],
  ["a pg_restore that tells", "failed", () => withWorker({ scripts: { pg_restore: tattling } }, () => restore(`canary_a_${process.pid}`))],
  ["an error of our own that names it", "failed", () => withWorker({ change: throwing(`postgresql://u:${canary}@h/db`) }, backUp)],
  [
    "a wrong password",
    "failed",
    () => withServer({ passwordSealed: context.keyring.seal(wrong, passwordContext(serverId)) }, () => withWorker({}, backUp)),
  ],
  ["a refused port", "failed", () => withServer({ port: 1 }, () => withWorker({}, backUp))],
  ["an unknown host", "failed", () => withServer({ host: "nowhere.invalid" }, () => withWorker({}, backUp))],
  ["a server without TLS", "failed", () => withServer({ tlsMode: "require" }, () => withWorker({}, backUp))],
  [
    "a database that is not there",
    "failed",
    () => withServer({ maintenanceDatabase: "nowhere" }, () => withWorker({}, () => restore(`canary_b_${process.pid}`))),
  ],
  [
    "a password that cannot be opened",
    "failed",
    () => withServer({ passwordSealed: "v1.00000000.AAAA.AAAA" }, () => withWorker({}, backUp)),
  ],
];

it.each(failures)("goes through %s, which ends %s", async (_, state, fail) => {
  expect((await fail()).state).toBe(state);
});

it("goes through a check of a server with a password that somebody typed", async () => {
  const connection = {
    host: server.host,
    port: server.port,
    tlsMode: "disable" as const,
    username: role,
    password: typed,
    maintenanceDatabase: "postgres",
  };
  const ended = await withWorker({}, async () => {
    const { id } = await checkServer(context, { ...none, params: {}, body: { connection } });
    return untilEnded(db(), id);
  });
  expect(ended).toMatchObject({ state: "failed", error: { code: "password-wrong" } });
});

it("comes out nowhere: command lines, rows, logs, answers, files", async () => {
  const tables = await test.catalogue.sql<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('lifeboat', 'pgboss')`;
  const rows: string[] = [];
  for (const { name } of tables) {
    rows.push(...(await test.catalogue.sql.unsafe<{ row: string }[]>(`select t::text as row from ${name} t`)).map(({ row }) => row));
  }
  const ids: Record<string, string[]> = { servers: [serverId], sources: [sourceId] };
  ids["runs"] = (await test.catalogue.sql<{ id: string }[]>`select id from lifeboat.runs`).map(({ id }) => id);
  ids["backups"] = (await test.catalogue.sql<{ id: string }[]>`select id from lifeboat.backups`).map(({ id }) => id);
  ids["restores"] = (await test.catalogue.sql<{ id: string }[]>`select id from lifeboat.restores`).map(({ id }) => id);
  const answers: string[] = [];
  // Without the two that ask a worker or a person.
  for (const { id, method, path } of endpoints.filter((each) => each.method === "GET" && each.id !== "listServerDatabases")) {
    if (id === "downloadBackup") continue;
    const file = join(process.cwd(), "app", "api", "v1", path.replaceAll(/\{(\w+)\}/g, "[$1]"), "route.ts");
    const handler = ((await import(/* @vite-ignore */ file)) as Record<string, Handler>)[method];
    for (const known of path.includes("{id}") ? (ids[path.split("/")[1] ?? ""] ?? []) : [""]) {
      const request = new Request(`http://127.0.0.1:3210/api/v1${path}${path === "/search" ? "?q=canary" : ""}`, { headers: { cookie } });
      answers.push((await (await handler?.(request, { params: Promise.resolve({ id: known }) }))?.text()) ?? "");
    }
  }
  const files: string[] = [];
  for (const folder of [station.backupDir, station.tempDir]) {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) files.push((await readFile(join(entry.parentPath, entry.name))).toString("latin1"));
    }
  }
  const logged = runtime.logged.map((line) => JSON.stringify(line));
  const everything = {
    commandLines,
    rows: rows.join("\n"),
    output: output.join("\n"),
    answers: answers.join("\n"),
    files: files.join("\n"),
    logged: logged.join("\n"),
  };
  // Each of them was really looked at.
  expect(everything.commandLines).toContain("pg_dump");
  expect(everything.rows).toContain("password-wrong");
  expect(everything.answers).toContain("password-wrong");
  expect(everything.output).toContain("run did not succeed");
  expect(answers.length).toBeGreaterThan(40);
  for (const [where, text] of Object.entries(everything)) {
    for (const secret of secrets)
      expect({ where, at: text.indexOf(secret), secret: secrets.indexOf(secret) }).toMatchObject({ where, at: -1 });
  }
});
