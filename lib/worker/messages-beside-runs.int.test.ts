import { rename } from "node:fs/promises";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { alerts } from "#lib/db/schema/alerts";
import { backups } from "#lib/db/schema/backups";
import { destinations } from "#lib/db/schema/destinations";
import { deliveries } from "#lib/db/schema/deliveries";
import { drillPlans } from "#lib/db/schema/drill-plans";
import { createNotifier } from "#lib/notify/notifier";
import { createBackup } from "#lib/services/backups/run-now";
import { createChannel } from "#lib/services/notifications/create-channel";
import { watchDestination } from "#lib/services/notifications/watch-destination";
import { watchStates } from "#lib/services/notifications/watch";
import type { WorkerDeps } from "#lib/services/runs/work";
import { insertWorker } from "#lib/testing/catalogue-rows";
import { createLocalStorage } from "#lib/storage/local/local-storage";
import { testContext, type TestContext } from "#lib/testing/context";
import { usualChannel } from "#lib/testing/message-kit";
import { createCatalogue, createShopDatabase, type TestCatalogue, type TestDatabase, testServer } from "#lib/testing/postgres";
import { quietLogger } from "#lib/testing/quiet-logger";
import { type HttpReceiver, startHttpReceiver } from "#lib/testing/receivers";
import { addSource, createStation, type Station, untilEnded } from "#lib/testing/worker-setup";

let test: TestCatalogue;
let context: TestContext;
let station: Station;
let shop: TestDatabase;
let receiver: HttpReceiver;

beforeAll(async () => {
  test = await createCatalogue();
  context = testContext(test.catalogue);
  station = await createStation({ catalogue: test.catalogue, url: test.url, context });
  shop = await createShopDatabase(testServer(15));
  receiver = await startHttpReceiver();
});

afterAll(async () => {
  await receiver.close();
  await test.drop();
  await shop.drop();
  await station.remove();
});

async function addHook(stateChanges: boolean): Promise<string> {
  const { id } = await createChannel(context, {
    params: {},
    query: {},
    ifMatch: null,
    body: {
      ...usualChannel,
      config: { type: "webhook", stateChanges },
      secret: { url: receiver.url },
    },
  });
  return id;
}

const openAlerts = async () =>
  (await context.db.select().from(alerts)).filter(({ resolvedAt }) => resolvedAt === null).map(({ code }) => code);

describe("messages beside runs", () => {
  it("a webhook that hangs for minutes delays and fails no run; later it gets every change in order", async () => {
    const { db } = context;
    receiver.answer = () => undefined;
    const channelId = await addHook(true);
    const { sourceId } = await addSource(context, testServer(15), shop.name);
    // Ten minutes: nothing in this test may wait for that.
    const patient = createNotifier({ publicUrl: "http://127.0.0.1", timeoutMs: 600_000 });
    const change = (wired: WorkerDeps): WorkerDeps => ({ ...wired, messages: { notifier: patient, gatherMs: 0 } });
    const worker = await station.startWorker({ tickMs: 50, change });
    const startedMs = performance.now();
    try {
      const body = { sourceId, kind: "full" as const, reason: "", note: "" };
      for (let n = 0; n < 2; n += 1) {
        const { id } = await createBackup(context, { params: {}, query: {}, ifMatch: null, body });
        expect((await untilEnded(db, id)).state).toBe("succeeded");
      }
      expect(performance.now() - startedMs).toBeLessThan(60_000);
      await expect.poll(() => receiver.requests.length).toBe(1);
    } finally {
      await worker.stop();
    }
    // Stopping did not wait for it either.
    expect(performance.now() - startedMs).toBeLessThan(90_000);
    receiver.answer = (response) => void response.writeHead(204).end();
    await db.update(deliveries).set({ claimedUntil: new Date(Date.now() - 1) });
    const next = await station.startWorker({ tickMs: 50 });
    try {
      const told = () => db.select().from(deliveries).where(eq(deliveries.channelId, channelId));
      await expect.poll(async () => (await told()).every(({ state }) => state === "sent")).toBe(true);
      const types = receiver.requests.slice(1).map(({ headers }) => headers["lifeboat-event"]);
      const once = ["run.queued", "run.running", "backup.available", "run.succeeded"];
      expect(types.filter((type) => once.includes(String(type)))).toEqual([...once, ...once]);
    } finally {
      await next.stop();
    }
  });

  it("a destination that is gone, a full disk and a drill that is due are told, and when they are over", async () => {
    const { db } = context;
    expect(await db.$count(backups)).toBeGreaterThan(0);
    const [own] = await db.select().from(destinations);
    const destination = { id: own?.id ?? "", path: station.backupDir, storage: createLocalStorage({ root: station.backupDir }) };
    const look = () => watchDestination(context, { destination, hostName: "here", workerId: "wrk_here" });
    await look();
    expect(await openAlerts()).toEqual([]);
    await rename(station.backupDir, `${station.backupDir}-away`);
    await look();
    await look();
    const [gone] = await db.select().from(alerts);
    expect(gone).toMatchObject({ code: "destination-unreachable", count: 1, params: { host: "here", path: station.backupDir } });
    expect(gone?.params["error"]).toBe("destination-unmarked");
    await rename(`${station.backupDir}-away`, station.backupDir);
    await look();
    expect(await openAlerts()).toEqual([]);

    const disk = (freeBytes: number) => [{ purpose: "backups" as const, path: "/backups", freeBytes, totalBytes: 100 * 1024 ** 3 }];
    const workerId = await insertWorker(db, { disks: disk(1024 ** 3) });
    await watchStates(context, quietLogger);
    await watchStates(context, quietLogger);
    expect(await openAlerts()).toEqual(["disk-nearly-full"]);
    await db.execute(
      `update lifeboat.workers set disks = '${JSON.stringify(disk(50 * 1024 ** 3))}', heartbeat_at = now() where id = '${workerId}'`,
    );
    await watchStates(context, quietLogger);
    expect(await openAlerts()).toEqual([]);

    const { sourceId } = await addSource(context, testServer(15), "other");
    const now = new Date();
    const dayMs = 86_400_000;
    await db.update(backups).set({ sourceId });
    await db.insert(drillPlans).values({
      id: "dpl_1",
      sourceId,
      selection: { type: "newest-verified" } as never,
      target: { type: "sandbox" } as never,
      cadence: { unit: "months", every: 1 },
      graceDays: 7,
      checks: [],
      nextDueAt: new Date(now.getTime() - dayMs),
      createdAt: now,
      updatedAt: now,
    });
    await watchStates(context, quietLogger);
    expect(await openAlerts()).toEqual(["drill-due"]);
    await watchStates(context, quietLogger, new Date(now.getTime() + 8 * dayMs));
    expect(await openAlerts()).toEqual(["drill-overdue"]);
    await db.update(drillPlans).set({ nextDueAt: new Date(now.getTime() + 40 * dayMs) });
    await watchStates(context, quietLogger, new Date(now.getTime() + 8 * dayMs));
    expect(await openAlerts()).toEqual([]);
  });
});
