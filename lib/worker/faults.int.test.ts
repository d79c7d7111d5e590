import { eq } from "drizzle-orm";
import { open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { backups } from "#lib/db/schema/backups";
import { chainLocks } from "#lib/db/schema/chain-locks";
import { copies } from "#lib/db/schema/copies";
import { packs } from "#lib/db/schema/packs";
import { runs } from "#lib/db/schema/runs";
import { createBackup } from "#lib/services/backups/run-now";
import { verifyBackup } from "#lib/services/backups/verify";
import { createRestore } from "#lib/services/restores/start";
import { cancelRun } from "#lib/services/runs/cancel";
import type { WorkerDeps } from "#lib/services/runs/work";
import { testContext, type TestContext } from "#lib/testing/context";
import { createCatalogue, createShopDatabase, type TestCatalogue, type TestDatabase, testServer } from "#lib/testing/postgres";
import { restoreOrder } from "#lib/testing/restore-order";
import { addSource, createStation, loadRun, type Station, untilEnded, untilStep } from "#lib/testing/worker-setup";

const none = { query: {}, ifMatch: null } as const;
const server = testServer(15);
let test: TestCatalogue;
let context: TestContext;
let station: Station;
let shop: TestDatabase;
let serverId: string;
let sourceId: string;
const db = () => test.catalogue.db;

beforeAll(async () => {
  test = await createCatalogue();
  context = testContext(test.catalogue);
  shop = await createShopDatabase(server);
  ({ serverId, sourceId } = await addSource(context, server, shop.name));
  station = await createStation({ catalogue: test.catalogue, url: test.url, context });
});

afterAll(async () => {
  await shop.drop();
  await test.drop();
  await station.remove();
});

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}

/** The dump never ends by itself. */
const stuckInDump = (deps: WorkerDeps): WorkerDeps => ({
  ...deps,
  repository: { ...deps.repository, write: (request) => untilAborted(request.signal) },
});
/** Published with its sidecar, and then nothing more. */
const stuckInReread = (deps: WorkerDeps): WorkerDeps => ({
  ...deps,
  repository: { ...deps.repository, reread: (_pack, signal) => untilAborted(signal) },
});

async function backUp(): Promise<string> {
  const { id } = await createBackup(context, { ...none, params: {}, body: { sourceId, kind: "full", reason: "", note: "" } });
  return id;
}

async function storedFiles(): Promise<string[]> {
  return (await readdir(station.backupDir, { recursive: true })).filter((name) => name.includes(".zst") || name.includes("~"));
}

async function withWorker<T>(change: ((deps: WorkerDeps) => WorkerDeps) | undefined, work: () => Promise<T>): Promise<T> {
  const worker = await station.startWorker(change === undefined ? {} : { change });
  try {
    return await work();
  } finally {
    await worker.stop();
  }
}

async function makeBackup(): Promise<{ backupId: string; key: string }> {
  const run = await untilEnded(db(), await backUp());
  const [pack] = await db()
    .select()
    .from(packs)
    .where(eq(packs.backupId, run.backupId ?? ""));
  return { backupId: run.backupId ?? "", key: pack?.key ?? "" };
}

it.each([
  ["dump", stuckInDump],
  ["reread", stuckInReread],
])("cancels in the phase %s and leaves nothing", async (step, change) => {
  await withWorker(change, async () => {
    const id = await backUp();
    await untilStep(db(), id, step);
    await cancelRun(context, { ...none, params: { id }, body: {} });
    expect(await untilEnded(db(), id)).toMatchObject({ state: "cancelled", error: { code: "run-cancelled" } });
  });
  expect(await db().select().from(backups)).toEqual([]);
  expect(await db().select().from(chainLocks)).toEqual([]);
  expect(await storedFiles()).toEqual([]);
});

it("stops within ten seconds, with the reason, and leaves nothing", async () => {
  const worker = await station.startWorker({ change: stuckInDump });
  const id = await backUp();
  await untilStep(db(), id, "dump");
  const startedMs = performance.now();
  await worker.stop();
  expect(performance.now() - startedMs).toBeLessThan(10_000);
  expect(await loadRun(db(), id)).toMatchObject({ state: "failed", error: { code: "worker-stopping" } });
  expect(await db().select().from(backups)).toEqual([]);
  expect(await storedFiles()).toEqual([]);
});

it("adopts a pack that was published whole before its worker was lost, and the late worker does not touch it", async () => {
  await withWorker(stuckInReread, async () => {
    const id = await backUp();
    await untilStep(db(), id, "reread");
    await withWorker(undefined, async () => {
      // What a sweep does to a run whose lease is over; the stuck worker learns of it with its next heartbeat.
      await db()
        .update(runs)
        .set({ state: "failed", error: { code: "worker-lost", params: { workerId: "" } }, leaseExpiresAt: null })
        .where(eq(runs.id, id));
      await expect.poll(async () => (await db().select().from(backups))[0]?.state).toBe("available");
    });
  });
  const [backup] = await db().select().from(backups);
  const [copy] = await db().select().from(copies);
  expect(copy?.state).toBe("stored");
  const told = await test.catalogue.sql`select actor_type, target_id from lifeboat.audit_events where action = 'backup.adopted'`;
  expect(told).toEqual([{ actor_type: "system", target_id: backup?.id }]);
  expect(await storedFiles()).toHaveLength(2);
  await withWorker(undefined, async () => {
    const { id } = await verifyBackup(context, { ...none, params: { id: backup?.id ?? "" }, body: {} });
    expect(await untilEnded(db(), id)).toMatchObject({ state: "succeeded", error: null });
  });
  await db().delete(backups);
  await rm(join(station.backupDir, (await readdir(station.backupDir)).find((name) => name.startsWith("source-")) ?? ""), {
    recursive: true,
  });
});

it("finds one flipped bit when verifying and before a restore touches its target", async () => {
  await withWorker(undefined, async () => {
    const { backupId, key } = await makeBackup();
    const file = await open(join(station.backupDir, key), "r+");
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, 5_000);
    await file.write(Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, 5_000);
    await file.close();
    const verify = await verifyBackup(context, { ...none, params: { id: backupId }, body: {} });
    expect((await untilEnded(db(), verify.id)).error?.code).toBe("pack-damaged");
    const [copy] = await db().select().from(copies).where(eq(copies.backupId, backupId));
    expect(copy).toMatchObject({ state: "damaged", verifiedAt: null });
    const body = restoreOrder({ backupId, serverId, database: "never_made", jobs: 1, keepOnFailure: true });
    const { run } = await createRestore(context, { ...none, params: {}, body });
    expect((await untilEnded(db(), run.id)).error?.code).toBe("pack-damaged");
    expect(await server.admin()`select 1 from pg_database where datname = 'never_made'`).toHaveLength(0);
  });
});

it("says that a pack is missing which was deleted behind its back", async () => {
  await withWorker(undefined, async () => {
    const { backupId, key } = await makeBackup();
    await rm(join(station.backupDir, key));
    const verify = await verifyBackup(context, { ...none, params: { id: backupId }, body: {} });
    expect((await untilEnded(db(), verify.id)).error).toMatchObject({ code: "pack-missing", params: { key } });
    const [copy] = await db().select().from(copies).where(eq(copies.backupId, backupId));
    expect(copy?.state).toBe("missing");
  });
});

it("lets one of two workers do what two triggers asked for", async () => {
  await withWorker(undefined, () =>
    withWorker(undefined, async () => {
      const asked = await Promise.allSettled([backUp(), backUp(), backUp()]);
      const ids = asked.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
      expect(ids).toHaveLength(1);
      expect(await untilEnded(db(), ids[0] ?? "")).toMatchObject({ state: "succeeded", fencingToken: 1 });
    }),
  );
});
