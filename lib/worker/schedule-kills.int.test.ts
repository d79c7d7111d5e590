import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { backups } from "#lib/db/schema/backups";
import { runs } from "#lib/db/schema/runs";
import { createKeyring } from "#lib/secrets/keyring";
import { testContext, type TestContext } from "#lib/testing/context";
import { createKillableWorkers, type KillableWorkers } from "#lib/testing/killable-workers";
import { createCatalogue, createEmptyDatabase, type TestCatalogue, type TestDatabase, testServer } from "#lib/testing/postgres";
import { addSchedule, slotsOf } from "#lib/testing/schedule-rows";
import { addSource, createStation, type Station, testBinPath, testTimings } from "#lib/testing/worker-setup";

const key = "5e".repeat(32);

let test: TestCatalogue;
let context: TestContext;
let station: Station;
let mortals: KillableWorkers;
let database: TestDatabase;

beforeAll(async () => {
  test = await createCatalogue();
  context = testContext(test.catalogue, { keyring: createKeyring(Buffer.from(key, "hex")) });
  station = await createStation({ catalogue: test.catalogue, url: test.url, context });
  database = await createEmptyDatabase(testServer(15));
  await database.sql`create table pets as select i as id from generate_series(1, 50) i`;
  mortals = createKillableWorkers({
    databaseUrl: test.url,
    key,
    installationId: station.installationId,
    backupDir: station.backupDir,
    tempDir: station.tempDir,
    pgBinPath: testBinPath(),
    sqliteDirs: [],
    tickMs: 50,
    timings: testTimings,
  });
});
afterAll(async () => {
  await mortals.close();
  await database.drop();
  await test.drop();
  await station.remove();
});

/** A source of its own with a daily schedule whose minute is this one. */
async function dueNow(workerGroup: string): Promise<{ sourceId: string; scheduleId: string; nominal: Date }> {
  const nominal = new Date(Math.floor(Date.now() / 60_000) * 60_000);
  const cron = `${nominal.getUTCMinutes()} ${nominal.getUTCHours()} * * *`;
  const { sourceId } = await addSource(context, testServer(15), database.name);
  return { sourceId, scheduleId: await addSchedule(context.db, sourceId, nominal, { cron, workerGroup }), nominal };
}

/** What there is when the next worker has settled what the dead one left. */
async function settledByNext({ sourceId, scheduleId }: { sourceId: string; scheduleId: string }) {
  const next = await station.startWorker({ tickMs: 50, group: "next" });
  try {
    const states = async () => (await slotsOf(context.db, scheduleId)).map(({ state }) => state);
    await expect.poll(states, { interval: 50 }).toEqual(["done"]);
  } finally {
    await next.stop();
  }
  const made = await context.db.select().from(runs).where(eq(runs.sourceId, sourceId));
  const stored = await context.db.select().from(backups).where(eq(backups.sourceId, sourceId));
  const found = await slotsOf(context.db, scheduleId);
  return {
    slots: found.map(({ nominalAt, attempt }) => [nominalAt, attempt]),
    runs: made.map(({ state, slotId }) => [state, slotId === found[0]?.id]),
    backups: stored.length,
  };
}

/** One slot, started once, one run, one backup. */
const once = (nominal: Date) => ({ slots: [[nominal, 0]], runs: [["succeeded", true]], backups: 1 });

it("a worker killed before any statement of taking and starting a slot: the next one makes the backup, once", async () => {
  for (const point of ["insert slots", "insert runs", "insert run_steps", "insert audit_events", "update slots"]) {
    const due = await dueNow("next");
    const worker = await mortals.arm(`catalogue ${point}`);
    await worker.gone;
    expect({ point, ...(await settledByNext(due)) }).toEqual({ point, ...once(due.nominal) });
  }
});

it("a worker killed between enqueue and start: the next one carries the run out, and nothing is enqueued again", async () => {
  const due = await dueNow("next");
  // It may enqueue for the group `next`, but not work for it.
  const worker = await mortals.arm(null);
  await expect.poll(async () => (await slotsOf(context.db, due.scheduleId)).map(({ state }) => state)).toEqual(["started"]);
  await worker.kill();
  const [queued] = await context.db.select().from(runs).where(eq(runs.sourceId, due.sourceId));
  expect(queued?.state).toBe("queued");
  expect(await settledByNext(due)).toEqual(once(due.nominal));
});
