import { eq, sql } from "drizzle-orm";
import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { backups } from "#lib/db/schema/backups";
import { chainLocks } from "#lib/db/schema/chain-locks";
import { runs } from "#lib/db/schema/runs";
import { LifeboatError } from "#lib/domain/error";
import { deleteBackup } from "#lib/services/backups/remove";
import { createBackup } from "#lib/services/backups/run-now";
import { verifyBackup } from "#lib/services/backups/verify";
import { lockChain } from "#lib/services/chains/lock";
import { createRestore } from "#lib/services/restores/start";
import { reconcile } from "#lib/services/runs/reconcile";
import type { WorkerDeps } from "#lib/services/runs/work";
import { testContext, type TestContext } from "#lib/testing/context";
import { type CutProxy, cutProxy } from "#lib/testing/cut-proxy";
import { createCatalogue, createShopDatabase, type TestCatalogue, type TestDatabase, testServer } from "#lib/testing/postgres";
import { quietLogger } from "#lib/testing/quiet-logger";
import { restoreOrder } from "#lib/testing/restore-order";
import { addSource, createStation, loadRun, type Station, untilEnded } from "#lib/testing/worker-setup";
import { enduranceOf } from "./start-from-env.ts";

const none = { query: {}, ifMatch: null } as const;
const server = testServer(15);
/** A machine that is busy for a second takes nobody's lease away. Milliseconds. */
const timings = { leaseMs: 2_500, heartbeatMs: 100, sweepMs: 200 };
const target = `outage_${process.pid}`;
let test: TestCatalogue;
let context: TestContext;
let proxy: CutProxy;
let station: Station;
let shop: TestDatabase;
let sourceId: string;
let serverId: string;
const db = () => test.catalogue.db;

beforeAll(async () => {
  test = await createCatalogue();
  context = testContext(test.catalogue);
  proxy = await cutProxy(server);
  shop = await createShopDatabase(server);
  ({ sourceId, serverId } = await addSource(context, server, shop.name));
  const url = new URL(test.url);
  url.port = String(proxy.port);
  station = await createStation({ catalogue: test.catalogue, url: url.href, context });
});
beforeEach(() => proxy.mend());
afterAll(async () => {
  await server.admin().unsafe(`drop database if exists "${target}" with (force)`);
  await proxy.close();
  await shop.drop();
  await test.drop();
  await station.remove();
});

/** A place in a run where it waits until the test lets it go on. */
function gate() {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  return {
    reached: reached.promise,
    open: opened.resolve,
    pass: async () => {
      reached.resolve();
      await opened.promise;
    },
  };
}
type Gate = ReturnType<typeof gate>;

const withRepository = (deps: WorkerDeps, change: Partial<WorkerDeps["repository"]>): WorkerDeps => ({
  ...deps,
  repository: { ...deps.repository, ...change },
});

const start = (options: Parameters<Station["startWorker"]>[0] = {}) =>
  station.startWorker({ timings, outage: enduranceOf(quietLogger), ...options });

async function backUp(): Promise<string> {
  return (await createBackup(context, { ...none, params: {}, body: { sourceId, kind: "full", reason: "", note: "" } })).id;
}

async function someBackup(): Promise<{ id: string; version: number }> {
  const [known] = await db().select().from(backups).where(eq(backups.state, "available")).limit(1);
  if (known !== undefined) return known;
  await untilEnded(db(), await backUp());
  return someBackup();
}

/** Cuts the catalogue off until the lease of the run is over, as after an outage that outlasts it. */
async function outlastLease(runId: string): Promise<void> {
  await proxy.cut();
  const isOver = async () => {
    const expired = sql<boolean>`${runs.leaseExpiresAt} < clock_timestamp()`;
    const [row] = await db().select({ expired }).from(runs).where(eq(runs.id, runId));
    return row?.expired;
  };
  await expect.poll(isOver).toBe(true);
}

const kinds: [string, { start: () => Promise<string>; at: (deps: WorkerDeps, point: Gate) => WorkerDeps }][] = [
  [
    "backup",
    {
      start: backUp,
      at: (deps, point) =>
        withRepository(deps, {
          write: async (request) => {
            await point.pass();
            return deps.repository.write(request);
          },
        }),
    },
  ],
  [
    "verify",
    {
      start: async () => (await verifyBackup(context, { ...none, params: { id: (await someBackup()).id }, body: {} })).id,
      at: (deps, point) =>
        withRepository(deps, {
          verify: async (...args) => {
            await point.pass();
            return deps.repository.verify(...args);
          },
        }),
    },
  ],
  [
    "restore",
    {
      start: async () => {
        const { id: backupId } = await someBackup();
        const body = restoreOrder({ backupId, serverId, database: target, jobs: 1 });
        return (await createRestore(context, { ...none, params: {}, body })).run.id;
      },
      at: (deps, point) =>
        withRepository(deps, {
          spool: async (...args) => {
            await point.pass();
            return deps.repository.spool(...args);
          },
        }),
    },
  ],
  [
    "delete",
    {
      start: async () => {
        const { id, version } = await someBackup();
        return (await deleteBackup(context, { params: { id }, query: { dependents: "refuse", when: "now" }, body: {}, ifMatch: version }))
          .id;
      },
      at: (deps, point) =>
        withRepository(deps, {
          removeSidecar: async (key) => {
            await point.pass();
            await deps.repository.removeSidecar(key);
          },
        }),
    },
  ],
];

describe("a catalogue that is away for longer than the lease", () => {
  it.each(kinds)("does not end a %s that is on its way: it goes on, waits, and is recorded", async (type, kind) => {
    const helper = type === "backup" ? null : await start();
    if (helper !== null) await someBackup();
    await helper?.stop();
    const point = gate();
    const worker = await start({ change: (deps) => kind.at(deps, point) });
    const id = await kind.start();
    await point.reached;
    // Another worker of the same house, that lives through the same outage and sweeps right after it.
    const neighbour = await start({ group: "sweeper" });
    await outlastLease(id);
    point.open();
    await proxy.mend();
    expect(await untilEnded(db(), id)).toMatchObject({ state: "succeeded", error: null, fencingToken: 1, workerId: worker.id });
    await worker.stop();
    await neighbour.stop();
    expect(await db().select().from(chainLocks)).toEqual([]);
    expect(await readdir(station.tempDir)).toEqual([]);
  });

  it("lets nobody have the lock of a run that still reads, though its lease ran out in the outage", async () => {
    const helper = await start();
    const { id: backupId } = await someBackup();
    await helper.stop();
    const [backup] = await db().select().from(backups).where(eq(backups.id, backupId));
    const point = gate();
    const worker = await start({ change: (deps) => kinds[1]![1].at(deps, point) });
    const id = (await verifyBackup(context, { ...none, params: { id: backupId }, body: {} })).id;
    await point.reached;
    await outlastLease(id);
    const lock = { chainId: backup?.chainId ?? "", holder: "another", mode: "exclusive" as const, leaseMs: 60_000 };
    await expect(lockChain(db(), lock)).rejects.toMatchObject({ code: "chain-locked", params: { by: id } });
    point.open();
    await proxy.mend();
    expect((await untilEnded(db(), id)).state).toBe("succeeded");
    await worker.stop();
  });

  it("refuses the commit of a backup that somebody took away meanwhile, and leaves nothing", async () => {
    const point = gate();
    const worker = await start({ change: (deps) => kinds[0]![1].at(deps, point) });
    const before = (await db().select().from(backups)).length;
    const id = await backUp();
    await point.reached;
    await outlastLease(id);
    const error = new LifeboatError("worker-lost", { workerId: worker.id }).reason;
    await db().update(runs).set({ state: "failed", error, leaseExpiresAt: null }).where(eq(runs.id, id));
    point.open();
    await proxy.mend();
    await expect.poll(async () => (await db().select().from(backups)).length).toBe(before);
    await expect.poll(async () => (await readdir(station.tempDir)).length).toBe(0);
    expect(await loadRun(db(), id)).toMatchObject({ state: "failed", error: { code: "worker-lost" }, backupId: null });
    const files = await readdir(station.backupDir, { recursive: true });
    expect(files.filter((name) => name.includes("~"))).toEqual([]);
    await worker.stop();
  });

  it("does not hold up the stop of a worker", async () => {
    const point = gate();
    const worker = await start({ change: (deps) => kinds[0]![1].at(deps, point) });
    const id = await backUp();
    await point.reached;
    await proxy.cut();
    const startedMs = performance.now();
    point.open();
    await worker.stop().catch(() => undefined);
    expect(performance.now() - startedMs).toBeLessThan(10_000);
    await proxy.mend();
    const next = await start();
    expect((await untilEnded(db(), id)).state).toBe("failed");
    await next.stop();
  });
});

it("takes nobody's run right after the catalogue was away", async () => {
  const helper = await start({ group: "sweeper" });
  const [run] = await db().select().from(runs).limit(1);
  const lost = { state: "running" as const, leaseExpiresAt: new Date(0), workerId: "another", finishedAt: null };
  await db()
    .update(runs)
    .set(lost)
    .where(eq(runs.id, run?.id ?? ""));
  await helper.stop();
  const deps = { leaseMs: 1_000, logger: quietLogger } as WorkerDeps;
  // Asked once it is known whose lease is over: that answer itself may have waited for the catalogue.
  const sparesRuns = vi.fn(() => true);
  expect((await reconcile(db(), deps, new Set(), { sparesRuns })).lost).toEqual([]);
  expect(sparesRuns).toHaveBeenCalledOnce();
  expect((await reconcile(db(), { ...deps, leaseMs: 1e9 }, new Set())).lost).toEqual([]);
});
