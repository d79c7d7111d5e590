import { eq, sql } from "drizzle-orm";
import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backups } from "#lib/db/schema/backups";
import { chainLocks } from "#lib/db/schema/chain-locks";
import { runs } from "#lib/db/schema/runs";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import { createBackup } from "#lib/services/backups/run-now";
import { cancelRun } from "#lib/services/runs/cancel";
import type { WorkerDeps } from "#lib/services/runs/work";
import { testContext, type TestContext } from "#lib/testing/context";
import { createCatalogue, createEmptyDatabase, type TestCatalogue, type TestDatabase, testServer } from "#lib/testing/postgres";
import { addSource, createStation, loadRun, type Station, untilEnded, untilStep } from "#lib/testing/worker-setup";

const none = { query: {}, ifMatch: null } as const;
const server = testServer(15);
let test: TestCatalogue;
let context: TestContext;
let station: Station;
let source: TestDatabase;
let sourceId: string;
const db = () => test.catalogue.db;

beforeAll(async () => {
  test = await createCatalogue();
  context = testContext(test.catalogue);
  source = await createEmptyDatabase(server);
  await source.sql`create table pets as select i as id from generate_series(1, 100) i`;
  ({ sourceId } = await addSource(context, server, source.name));
  station = await createStation({ catalogue: test.catalogue, url: test.url, context });
});

afterAll(async () => {
  await source.drop();
  await test.drop();
  await station.remove();
});

type Change = (deps: WorkerDeps) => WorkerDeps;

async function withWorker<T>(options: { change?: Change; abandonMs?: number; autoBackup?: boolean }, work: () => Promise<T>): Promise<T> {
  const { abandonMs, ...rest } = options;
  const worker = await station.startWorker({ ...rest, timings: { sweepMs: 100, ...(abandonMs === undefined ? {} : { abandonMs }) } });
  try {
    return await work();
  } finally {
    await worker.stop();
  }
}

async function ask(of = sourceId): Promise<string> {
  return (await createBackup(context, { ...none, params: {}, body: { sourceId: of, kind: "full", reason: "", note: "" } })).id;
}

const storedFiles = async () =>
  (await readdir(station.backupDir, { recursive: true })).filter((name) => name.includes(".zst") || name.includes("~"));
const forever = () => new Promise<never>(() => undefined);

describe("an executor that does not listen", () => {
  /** The first write never ends, whatever its signal says. */
  function deafOnce(): Change {
    let first = true;
    return (deps) => ({
      ...deps,
      repository: {
        ...deps.repository,
        write: (request) => {
          if (!first) return deps.repository.write(request);
          first = false;
          return forever();
        },
      },
    });
  }

  it("is left behind when its run is cancelled: the run is over, nothing is left, and its place is free", async () => {
    await withWorker({ change: deafOnce(), abandonMs: 300 }, async () => {
      const id = await ask();
      await untilStep(db(), id, "dump");
      await cancelRun(context, { ...none, params: { id }, body: {} });
      expect(await untilEnded(db(), id)).toMatchObject({ state: "cancelled", error: { code: "run-cancelled" }, leaseExpiresAt: null });
      await expect.poll(() => db().select().from(backups)).toEqual([]);
      expect(await db().select().from(chainLocks)).toEqual([]);
      expect((await untilEnded(db(), await ask())).state).toBe("succeeded");
    });
    await db().delete(backups);
  });

  it("gives its place back when its run was taken away", async () => {
    await withWorker({ change: deafOnce(), abandonMs: 300 }, async () => {
      const id = await ask();
      await untilStep(db(), id, "dump");
      await db().update(runs).set({ state: "failed", leaseExpiresAt: null }).where(eq(runs.id, id));
      await expect.poll(() => db().select().from(backups)).toEqual([]);
      expect((await untilEnded(db(), await ask())).state).toBe("succeeded");
    });
  });
});

it("cancels between the file's end and its name, and leaves neither", async () => {
  const before = await storedFiles();
  const stuckInPublish: Change = (deps) => ({
    ...deps,
    repository: {
      ...deps.repository,
      write: async (request) => {
        const written = await deps.repository.write(request);
        return { ...written, publish: () => untilAborted(request.signal) };
      },
    },
  });
  await withWorker({ change: stuckInPublish }, async () => {
    const id = await ask();
    await untilStep(db(), id, "publish");
    await cancelRun(context, { ...none, params: { id }, body: {} });
    expect(await untilEnded(db(), id)).toMatchObject({ state: "cancelled" });
  });
  expect(await storedFiles()).toEqual(before);
});

it("fails a running run that carries no lease, for nobody could ever find it by its end", async () => {
  const id = await ask();
  await db().update(runs).set({ state: "running", workerId: "wrk_gone", leaseExpiresAt: null }).where(eq(runs.id, id));
  await withWorker({}, async () => {
    expect(await untilEnded(db(), id)).toMatchObject({ state: "failed", error: { code: "worker-lost" } });
  });
});

it("gives every running run a lease", async () => {
  const stuck: Change = (deps) => ({ ...deps, repository: { ...deps.repository, write: ({ signal }) => untilAborted(signal) } });
  await withWorker({ change: stuck }, async () => {
    const id = await ask();
    await untilStep(db(), id, "dump");
    const leases = await db()
      .select({ left: sql<boolean>`${runs.leaseExpiresAt} > clock_timestamp()` })
      .from(runs)
      .where(eq(runs.state, "running"));
    expect(leases).toEqual([{ left: true }]);
    await cancelRun(context, { ...none, params: { id }, body: {} });
    await untilEnded(db(), id);
  });
});

it("does not let a run whose worker stopped inside a transaction hold up the others", async () => {
  const stopped = await ask();
  const { sourceId: other } = await addSource(context, server, source.name);
  const lost = await ask(other);
  await db()
    .update(runs)
    .set({ state: "running", workerId: "wrk_gone", leaseExpiresAt: sql`clock_timestamp() - interval '1 second'` })
    .where(eq(runs.state, "queued"));
  const session = await test.catalogue.sql.reserve();
  await session`begin`;
  await session`select 1 from lifeboat.runs where id = ${stopped} for no key update`;
  await withWorker({}, async () => {
    expect(await untilEnded(db(), lost)).toMatchObject({ error: { code: "worker-lost" } });
    expect((await loadRun(db(), stopped)).state).toBe("running");
    await session`rollback`;
    session.release();
    expect(await untilEnded(db(), stopped)).toMatchObject({ error: { code: "worker-lost" } });
  });
  await db().delete(sources).where(eq(sources.id, other));
});

describe("at start", () => {
  const triggered = async () =>
    (await db().select().from(runs).where(eq(runs.trigger, "start-up"))).map((run) => ({
      of: run.sourceId,
      state: run.state,
      code: run.error?.code,
    }));

  it("backs up what is due, one at a time: never what is paused, removed or fresh", async () => {
    await db().delete(backups);
    const due = sourceId;
    const { sourceId: old } = await addSource(context, server, source.name);
    const { sourceId: fresh } = await addSource(context, server, source.name);
    await addSource(context, server, source.name, { pausedAt: new Date() });
    await addSource(context, server, source.name, { removedAt: new Date() });
    await withWorker({}, async () => {
      for (const id of [old, fresh]) expect((await untilEnded(db(), await ask(id))).state).toBe("succeeded");
    });
    await db()
      .update(backups)
      .set({ snapshotAt: sql`clock_timestamp() - interval '25 hours'` })
      .where(eq(backups.sourceId, old));
    await withWorker({ autoBackup: true }, async () => {
      await expect.poll(triggered).toHaveLength(2);
      await expect.poll(async () => (await triggered()).every((run) => run.state === "succeeded")).toBe(true);
    });
    expect(new Set((await triggered()).map((run) => run.of))).toEqual(new Set([due, old]));
    const spans = await db()
      .select({ from: runs.startedAt, to: runs.finishedAt })
      .from(runs)
      .where(eq(runs.trigger, "start-up"))
      .orderBy(runs.startedAt);
    expect(Number(spans[1]?.from)).toBeGreaterThanOrEqual(Number(spans[0]?.to));
  });

  it("backs up nothing where that is switched off", async () => {
    const before = await triggered();
    await db().delete(backups);
    await withWorker({ autoBackup: false }, async () => {
      // A run that goes through all of the worker's turns; until it ended, a backup at start would have begun.
      expect((await untilEnded(db(), await ask())).state).toBe("succeeded");
    });
    expect(await triggered()).toEqual(before);
  });

  it("shows the missing tool of every due source with its cure, and goes on", async () => {
    await db().delete(runs).where(eq(runs.trigger, "start-up"));
    await db().delete(backups);
    const params = { tool: "pg_dump", major: 15, install: "sudo apt-get install postgresql-client-15" };
    const withoutTools: Change = (deps) => ({
      ...deps,
      engine: { ...deps.engine, snapshot: () => Promise.reject(new LifeboatError("tool-missing", params)) },
    });
    await withWorker({ change: withoutTools, autoBackup: true }, async () => {
      await expect
        .poll(triggered)
        .toEqual(expect.arrayContaining([expect.objectContaining({ of: sourceId, state: "failed", code: "tool-missing" })]));
      await expect.poll(async () => (await triggered()).filter((run) => run.code === "tool-missing").length).toBe(3);
    });
  });
});

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}
