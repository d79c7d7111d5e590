import { eq } from "drizzle-orm";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RestoreInput } from "#lib/contracts/restores";
import { backupStreams } from "#lib/db/schema/backup-streams";
import { backups } from "#lib/db/schema/backups";
import { copies } from "#lib/db/schema/copies";
import { packs } from "#lib/db/schema/packs";
import { restores } from "#lib/db/schema/restores";
import { runs } from "#lib/db/schema/runs";
import { servers } from "#lib/db/schema/servers";
import { createBackup } from "#lib/services/backups/run-now";
import { verifyBackup } from "#lib/services/backups/verify";
import { previewRestore } from "#lib/services/restores/preview";
import { createRestore } from "#lib/services/restores/start";
import { cancelRun } from "#lib/services/runs/cancel";
import type { WorkerDeps } from "#lib/services/runs/work";
import { checkServer } from "#lib/services/servers/check";
import { testContext, type TestContext } from "#lib/testing/context";
import { createCatalogue, createEmptyDatabase, describeOn, type TestCatalogue, type TestDatabase, testServer } from "#lib/testing/postgres";
import { restoreOrder } from "#lib/testing/restore-order";
import { addSource, createStation, type Station, untilEnded, untilStep } from "#lib/testing/worker-setup";

const none = { query: {}, ifMatch: null } as const;
const server = testServer(15);
let test: TestCatalogue;
let context: TestContext;
let station: Station;
let source: TestDatabase;
let serverId: string;
let sourceId: string;
let backupId: string;
let made = 0;
const db = () => test.catalogue.db;
const freshName = () => `rf_${process.pid}_${(made += 1)}`;

beforeAll(async () => {
  test = await createCatalogue();
  context = testContext(test.catalogue);
  source = await createEmptyDatabase(server);
  await source.sql`create table pets as select i as id, md5(i::text) as name from generate_series(1, 2000) i`;
  await source.sql`create table toys (id int primary key)`;
  await source.sql`insert into toys select generate_series(1, 10)`;
  ({ serverId, sourceId } = await addSource(context, server, source.name));
  station = await createStation({ catalogue: test.catalogue, url: test.url, context });
});

afterAll(async () => {
  for (const { datname } of await server.admin()`select datname from pg_database where datname like ${`rf_${process.pid}_%`}`) {
    await server.admin()`drop database ${server.admin()(String(datname))} with (force)`;
  }
  await source.drop();
  await test.drop();
  await station.remove();
});

async function withWorker<T>(change: ((deps: WorkerDeps) => WorkerDeps) | undefined, work: () => Promise<T>): Promise<T> {
  const worker = await station.startWorker(change === undefined ? {} : { change });
  try {
    return await work();
  } finally {
    await worker.stop();
  }
}

async function backUp(of: string): Promise<string> {
  const { id } = await createBackup(context, { ...none, params: {}, body: { sourceId: of, kind: "full", reason: "", note: "" } });
  const run = await untilEnded(db(), id);
  expect(run).toMatchObject({ state: "succeeded", error: null });
  return run.backupId ?? "";
}

function order(change: Partial<RestoreInput> = {}) {
  return restoreOrder({ backupId, serverId, database: freshName(), jobs: 1, ...change });
}

async function restore(body: ReturnType<typeof order>) {
  const { run, restoreId } = await createRestore(context, { ...none, params: {}, body });
  const ended = await untilEnded(db(), run.id);
  const [row] = await db().select().from(restores).where(eq(restores.id, restoreId));
  return { ended, row };
}

async function exists(database: string): Promise<boolean> {
  return (await server.admin()`select 1 from pg_database where datname = ${database}`).length > 0;
}

/** Rows of every table of a restored database that is looked at with a session of its own. */
async function rowsIn(database: string): Promise<Record<string, number>> {
  const seen = await createEmptyDatabase(server, { template: database });
  try {
    const tables = await seen.sql<{ name: string }[]>`select tablename as name from pg_tables where schemaname = 'public' order by 1`;
    const counted: Record<string, number> = {};
    for (const { name } of tables) counted[name] = (await seen.sql`select 1 from ${seen.sql(name)}`).length;
    return counted;
  } finally {
    await seen.drop();
  }
}

const verify = async (id: string) => {
  const { id: runId } = await verifyBackup(context, { ...none, params: { id }, body: {} });
  return untilEnded(db(), runId);
};

it("has a good backup to begin with", async () => {
  backupId = await withWorker(undefined, () => backUp(sourceId));
  expect(backupId).not.toBe("");
});

describe("a restore", () => {
  it.each<[string, Partial<RestoreInput>, Record<string, number>, number]>([
    ["of the schema only makes empty tables", { content: "schema" }, { pets: 0, toys: 0 }, 0],
    ["of one chosen table brings that one alone", { tables: [{ schema: "public", table: "toys" }] }, { toys: 10 }, 1],
    ["with no owners brings everything", { owners: "none", jobs: 2 }, { pets: 2000, toys: 10 }, 2],
  ])("%s", async (_, change, rows, equal) => {
    const body = order(change);
    const { ended, row } = await withWorker(undefined, () => restore(body));
    expect(ended).toMatchObject({ state: "succeeded", error: null });
    expect(row).toMatchObject({ outcome: "created", comparison: { equal, different: 0 } });
    expect(await rowsIn(body.database)).toEqual(rows);
  });

  it("of the data only brings tables and rows, without indexes and constraints", async () => {
    const body = order({ content: "data" });
    const { ended, row } = await withWorker(undefined, () => restore(body));
    expect(ended).toMatchObject({ state: "succeeded", error: null });
    expect(row).toMatchObject({ outcome: "created", comparison: { equal: 2, different: 0 } });
    const copy = await createEmptyDatabase(server, { template: body.database });
    expect((await copy.sql`select 1 from toys`).length).toBe(10);
    expect(await copy.sql`select 1 from pg_indexes where schemaname = 'public'`).toEqual([]);
    await copy.drop();
  });

  it("into Lifeboat's own catalogue is refused, in the preview and by the run", async () => {
    const [{ name } = { name: "" }] = await test.catalogue.sql<{ name: string }[]>`select current_database() as name`;
    await withWorker(undefined, async () => {
      const preview = await previewRestore(context, { ...none, params: {}, body: order({ database: name }) });
      expect(preview.blockers.map((blocker) => blocker.code)).toContain("target-is-catalogue");
      const { ended, row } = await restore(order({ database: name, keepOnFailure: true }));
      expect(ended).toMatchObject({ state: "failed", error: { code: "target-is-catalogue" } });
      expect(row).toMatchObject({ outcome: "removed", createdDatabase: false });
    });
    expect(await exists(name)).toBe(true);
  });

  it("that is cancelled while it loads removes its database", async () => {
    const body = order();
    const stuck = (deps: WorkerDeps): WorkerDeps => ({
      ...deps,
      engine: { ...deps.engine, load: (_path, _request, _onEntry, { signal }) => untilAborted(signal) },
    });
    await withWorker(stuck, async () => {
      const { run } = await createRestore(context, { ...none, params: {}, body });
      await untilStep(db(), run.id, "load");
      await expect.poll(() => exists(body.database)).toBe(true);
      await cancelRun(context, { ...none, params: { id: run.id }, body: {} });
      expect(await untilEnded(db(), run.id)).toMatchObject({ state: "cancelled", error: { code: "run-cancelled" } });
    });
    expect(await exists(body.database)).toBe(false);
  });

  it("whose worker lost its lease right after it created the database does not leave it for ever", async () => {
    const body = order();
    const created = Promise.withResolvers<boolean>();
    const lateToLearn = (deps: WorkerDeps): WorkerDeps => ({
      ...deps,
      engine: {
        ...deps.engine,
        createDatabase: async (request, engineContext) => {
          const runId = engineContext.applicationName.replace("lifeboat-", "");
          // What a sweep does while this worker is stopped: it finds no database, and the restore settled.
          await db()
            .update(runs)
            .set({ state: "failed", leaseExpiresAt: null, error: { code: "worker-lost", params: { workerId: "" } } })
            .where(eq(runs.id, runId));
          await db().update(restores).set({ outcome: "removed", facts: {} }).where(eq(restores.runId, runId));
          await deps.engine.createDatabase(request, { ...engineContext, signal: new AbortController().signal });
          created.resolve(await exists(body.database));
        },
      },
    });
    const worker = await station.startWorker({ change: lateToLearn, timings: { heartbeatMs: 60_000 } });
    const { run } = await createRestore(context, { ...none, params: {}, body });
    const [row] = await db().select().from(restores).where(eq(restores.runId, run.id));
    // Not looked for from here: it may be gone again before anybody looks.
    expect(await created.promise).toBe(true);
    await expect.poll(() => exists(body.database)).toBe(false);
    await expect
      .poll(
        async () =>
          (
            await db()
              .select()
              .from(restores)
              .where(eq(restores.id, row?.id ?? ""))
          )[0]?.outcome,
      )
      .toBe("removed");
    await worker.stop();
  });
});

describe("what was changed behind our back", () => {
  const packOf = async (id: string) => (await db().select().from(packs).where(eq(packs.backupId, id)))[0];

  it("in a sidecar is found by verify as untrusted; the pack itself still restores", async () => {
    const path = join(station.backupDir, `${(await packOf(backupId))?.key}.json`);
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replace(/"name":\s*"source [^"]*"/, '"name": "another source"'));
    expect(await readFile(path, "utf8")).not.toBe(text);
    await withWorker(undefined, async () => {
      expect((await verify(backupId)).error?.code).toBe("sidecar-untrusted");
      const [copy] = await db().select().from(copies).where(eq(copies.backupId, backupId));
      expect(copy).toMatchObject({ state: "stored", verifiedAt: null });
      expect((await restore(order())).ended.state).toBe("succeeded");
      await writeFile(path, text);
      expect((await verify(backupId)).state).toBe("succeeded");
    });
  });

  it.each([
    [
      "the stream's SHA-256",
      (id: string) =>
        db()
          .update(backupStreams)
          .set({ sha256: "0a".repeat(32) })
          .where(eq(backupStreams.backupId, id)),
    ],
    [
      "the stream's root hash",
      (id: string) =>
        db()
          .update(backupStreams)
          .set({ rootHash: "0b".repeat(32) })
          .where(eq(backupStreams.backupId, id)),
    ],
    [
      "the pack's SHA-256",
      (id: string) =>
        db()
          .update(packs)
          .set({ storedSha256: "0c".repeat(32) })
          .where(eq(packs.backupId, id)),
    ],
    ["the pack's length", (id: string) => db().update(packs).set({ storedBytes: 4_096 }).where(eq(packs.backupId, id))],
  ])("in the catalogue (%s) fails verify, and a restore before the target is touched", async (_, change) => {
    await withWorker(undefined, async () => {
      const id = await backUp(sourceId);
      await change(id);
      const body = order({ backupId: id, keepOnFailure: true });
      const { ended, row } = await restore(body);
      expect(ended.state).toBe("failed");
      expect(ended.error?.code).toMatch(/^(pack|stream)-/);
      expect(row).toMatchObject({ outcome: "removed", createdDatabase: false });
      expect(await exists(body.database)).toBe(false);
      expect((await verify(id)).state).toBe("failed");
      const [copy] = await db().select().from(copies).where(eq(copies.backupId, id));
      expect(copy?.state).toBe("damaged");
    });
  });
});

it("refuses a server that was removed, whoever asks: preview, restore, check, and a restore on its way", async () => {
  const gone = await addSource(context, server, source.name);
  const body = order({ serverId: gone.serverId });
  const { run } = await createRestore(context, { ...none, params: {}, body });
  await db().update(servers).set({ removedAt: new Date(), passwordSealed: null }).where(eq(servers.id, gone.serverId));
  const refused = { code: "not-found", params: { entity: "server", id: gone.serverId } };
  await expect(createRestore(context, { ...none, params: {}, body: { ...body, database: freshName() } })).rejects.toMatchObject(refused);
  await expect(previewRestore(context, { ...none, params: {}, body })).rejects.toMatchObject(refused);
  await expect(checkServer(context, { ...none, params: {}, body: { serverId: gone.serverId, connection: {} } })).rejects.toMatchObject(
    refused,
  );
  const ended = await withWorker(undefined, () => untilEnded(db(), run.id));
  expect(ended).toMatchObject({ state: "failed", error: refused });
  expect(await exists(body.database)).toBe(false);
});

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}

describeOn(17, (newer) => {
  // Other names than those of the engine's tests, which make databases on the same server at the same time.
  it.each(["--data-only", "a=b", 'x"; drop', "Ñandú 表", "line\nbreak", "../x$(id)", `${"ü".repeat(31)}x`])(
    "backs up, verifies, restores and compares a database and tables named %j",
    async (name) => {
      const hostile = await createEmptyDatabase(newer, { name });
      const target = `${name.slice(0, 20)} copy`;
      try {
        const quoted = `"${name.replaceAll('"', '""')}"`;
        await hostile.sql.unsafe(`create schema ${quoted}`);
        await hostile.sql.unsafe(`create table ${quoted}.${quoted} as select i as "-Fp", i as "x""y" from generate_series(1, 50) i`);
        const added = await addSource(context, newer, name);
        await withWorker(undefined, async () => {
          const id = await backUp(added.sourceId);
          expect(await verify(id)).toMatchObject({ state: "succeeded", error: null });
          const body = order({ backupId: id, serverId: added.serverId, database: target });
          const { ended, row } = await restore({ ...body, tables: [{ schema: name, table: name }] });
          expect(ended).toMatchObject({ state: "succeeded", error: null });
          expect(row?.comparison).toMatchObject({ equal: 1, different: 0, rowsActual: 50 });
          const [pack] = await db().select().from(packs).where(eq(packs.backupId, id));
          expect(pack?.key).toMatch(/^source-[\w-]+\/chn_\w+\/source-[\w-]+_\w+_full_\w+\.dump\.zst$/);
        });
      } finally {
        await hostile.drop();
        await newer.admin().unsafe(`drop database if exists "${target.replaceAll('"', '""')}" with (force)`);
      }
    },
  );
});

it("keeps a good backup through all of that", async () => {
  const [backup] = await db().select().from(backups).where(eq(backups.id, backupId));
  expect(backup?.state).toBe("available");
});
