import { count, eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runs } from "#lib/db/schema/runs";
import { slots } from "#lib/db/schema/slots";
import { testContext, type TestContext } from "#lib/testing/context";
import { insertScheduledSources } from "#lib/testing/large-schedules";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { quietLogger } from "#lib/testing/quiet-logger";
import { systemActor } from "../context.ts";
import { getCalendar } from "./calendar.ts";
import { listSchedules } from "./list.ts";
import { createScheduler } from "./tick.ts";

const sourceCount = 1000;
const nothing = { params: {}, query: {}, body: {}, ifMatch: null };

let home: TestCatalogue;
let context: TestContext;
/** 23:00 in Berlin, when 1,000 incrementals are due. */
const due = new Date("2026-11-24T22:00:00Z");

beforeAll(async () => {
  home = await createCatalogue();
  context = testContext(home.catalogue, { actor: systemActor });
  await insertScheduledSources(context.db, sourceCount, new Date(due.getTime() - 1000));
});
afterAll(() => home.drop());

/** Milliseconds of this process's work, and of the clock on the wall. */
async function measured(work: () => Promise<unknown>): Promise<{ cpuMs: number; ms: number }> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { cpuMs: (user + system) / 1000, ms: performance.now() - started };
}

it("1,000 sources that are due at the same moment: each started once, for little processor time; looking costs next to nothing", async () => {
  let now = new Date(due.getTime() - 1000);
  const started = performance.now();
  const scheduler = createScheduler({
    context,
    logger: quietLogger,
    recheckMs: 60_000,
    readClock: () => Promise.resolve(now),
    countMs: () => performance.now() - started,
  });
  await scheduler.tick();
  const idle = await measured(scheduler.tick);
  now = new Date(due.getTime() + 1000);
  const busy = await measured(async () => {
    for (let look = 0; look < 10; look += 1) {
      await scheduler.tick();
      const [waiting] = await context.db.select({ n: count() }).from(slots).where(eq(slots.state, "waiting"));
      if (waiting?.n === 0) break;
    }
  });
  const made = await context.db.select({ sourceId: runs.sourceId }).from(runs).where(eq(runs.trigger, "schedule"));
  expect(made).toHaveLength(sourceCount);
  expect(new Set(made.map(({ sourceId }) => sourceId)).size).toBe(sourceCount);
  const open = await measured(scheduler.tick);
  // Processor time, because two busy cores say little about time on the wall (the bench does): a scan for each source would be far beyond.
  expect(busy.cpuMs / sourceCount).toBeLessThan(30);
  expect(idle.cpuMs).toBeLessThan(400);
  expect(open.cpuMs).toBeLessThan(400);
  // What takes 18 s alone takes over a minute where other work has the cores.
});

it("the calendar of two months and the list of schedules answer for 1,000 sources", async () => {
  const query = { from: "2026-11-01T00:00:00.000Z", to: "2027-01-01T00:00:00.000Z" };
  const calendar = await measured(() => getCalendar(context, { ...nothing, query }));
  const list = await measured(() => listSchedules(context, { ...nothing, query: { limit: 50 } }));
  const shown = await getCalendar(context, { ...nothing, query });
  expect(shown.items).toHaveLength(5000);
  expect(shown.truncated).toBe(true);
  // The 24th has its slots, and every day that is still to come its plans.
  expect(shown.days.find(({ day }) => day === "2026-11-25")?.planned).toBe(2 * sourceCount);
  expect(calendar.ms).toBeLessThan(4000);
  expect(list.ms).toBeLessThan(4000);
});
