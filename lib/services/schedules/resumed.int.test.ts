import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runs } from "#lib/db/schema/runs";
import { schedules } from "#lib/db/schema/schedules";
import { sources } from "#lib/db/schema/sources";
import { insertServer, insertSource } from "#lib/testing/catalogue-rows";
import { testContext, type TestContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { quietLogger } from "#lib/testing/quiet-logger";
import { addSchedule, slotsOf } from "#lib/testing/schedule-rows";
import { systemActor } from "../context.ts";
import { updateSource } from "../sources/update.ts";
import { readCatalogueClock } from "./clock.ts";
import { createScheduler } from "./tick.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

let home: TestCatalogue;
let context: TestContext;
let serverId: string;

beforeAll(async () => {
  home = await createCatalogue();
  context = testContext(home.catalogue);
  serverId = await insertServer(context.db);
});
afterAll(() => home.drop());

/** A source that was paused before three times of its daily schedule, the newest of them six hours ago, and that no worker looked at since. */
async function unseen(change: Partial<typeof schedules.$inferInsert> = {}) {
  const sourceId = await insertSource(context.db, serverId);
  const newest = new Date(Math.floor((await readCatalogueClock(context.db)).getTime() / minute) * minute - 6 * hour);
  const first = new Date(newest.getTime() - 2 * day);
  const cron = `${newest.getUTCMinutes()} ${newest.getUTCHours()} * * *`;
  const id = await addSchedule(context.db, sourceId, first, { cron, ...change });
  const pausedAt = new Date(first.getTime() - hour);
  return { sourceId, id, newest, pausedAt };
}

const pause = (sourceId: string, pausedAt: Date, pausedUntil: Date | null) =>
  context.db.update(sources).set({ pausedAt, pausedUntil }).where(eq(sources.id, sourceId));
const patch = (id: string, body: Parameters<typeof updateSource>[1]["body"]) =>
  updateSource(context, { params: { id }, query: {}, body, ifMatch: 1 });

/** A worker is there again. */
function look(): Promise<void> {
  const scheduler = createScheduler({
    context: { ...context, actor: systemActor },
    logger: quietLogger,
    recheckMs: minute,
    countMs: () => performance.now(),
  });
  return scheduler.tick();
}

const told = async (id: string) => (await slotsOf(context.db, id)).map(({ state, reason }) => `${state} ${reason}`);
const runsOf = (sourceId: string) => context.db.select().from(runs).where(eq(runs.sourceId, sourceId));
const skipped = "skipped source-paused";

it("a source that somebody resumes keeps what fell into its pause as skipped, also where no worker was there to see it", async () => {
  const { sourceId, id, newest, pausedAt } = await unseen();
  await pause(sourceId, pausedAt, null);
  await patch(sourceId, { paused: false });
  expect(await told(id)).toEqual([skipped, skipped, skipped]);
  await look();
  expect(await told(id)).toEqual([skipped, skipped, skipped]);
  expect(await runsOf(sourceId)).toEqual([]);
  const [row] = await context.db.select().from(schedules).where(eq(schedules.id, id));
  expect(row?.nextDueAt).toEqual(new Date(newest.getTime() + day));
});

it("a pause that was over and gets a new end does not cover what came in between", async () => {
  const { sourceId, id, newest, pausedAt } = await unseen({ onMissed: "skip" });
  await pause(sourceId, pausedAt, new Date(newest.getTime() - 30 * hour));
  await patch(sourceId, { pausedUntil: new Date(newest.getTime() + 3 * day).toISOString() });
  await look();
  expect(await told(id)).toEqual([skipped, "missed not-running", "missed not-running"]);
});

it("a source with a schedule that this host cannot read is resumed; another host finds that schedule as it was", async () => {
  const { sourceId, id, newest, pausedAt } = await unseen({ timeZone: "Mars/Olympus_Mons" });
  await pause(sourceId, pausedAt, null);
  await patch(sourceId, { paused: false });
  const [row] = await context.db.select().from(schedules).where(eq(schedules.id, id));
  expect(row?.nextDueAt).toEqual(new Date(newest.getTime() - 2 * day));
  expect(await told(id)).toEqual([]);
});
