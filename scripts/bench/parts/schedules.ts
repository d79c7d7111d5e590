import { inArray, like, sql } from "drizzle-orm";
import { runs } from "#lib/db/schema/runs";
import { schedules as schedulesTable } from "#lib/db/schema/schedules";
import { servers } from "#lib/db/schema/servers";
import { slots } from "#lib/db/schema/slots";
import { sources } from "#lib/db/schema/sources";
import { systemActor } from "#lib/services/context";
import { getCalendar } from "#lib/services/schedules/calendar";
import { createScheduler } from "#lib/services/schedules/tick";
import { insertScheduledSources } from "#lib/testing/large-schedules";
import { quietLogger } from "#lib/testing/quiet-logger";
import { percentile } from "../clock.ts";
import { nothing, type Part } from "../part.ts";
import { limitLine, seconds, toldLine } from "../report.ts";

const sourceCount = 1000;
const looks = 50;
/** What a worker's tick is without a setting, in seconds. */
const usualTickSeconds = 5;
const part = "schedules";
const milliseconds = (value: number) => `${value.toFixed(1)} ms`;

/** 1,000 sources with the recommended schedules: what looking costs, and how long after their time 1,000 backups that are due at once are started. */
export const schedules: Part = async ({ station }) => {
  const { db } = station.catalogue;
  /** 23:00 in Berlin. */
  const due = Date.parse("2026-11-24T22:00:00Z");
  await insertScheduledSources(db, sourceCount, new Date(due - 1000));
  let base = due - 1000;
  const zero = performance.now();
  let began = zero;
  const clock = () => new Date(base + performance.now() - began);
  const context = { ...station.context, actor: systemActor, now: clock };
  const scheduler = createScheduler({
    context,
    logger: quietLogger,
    recheckMs: 10_000,
    readClock: () => Promise.resolve(clock()),
    countMs: () => performance.now() - zero,
  });
  await scheduler.tick();
  const idle = await worked(async () => {
    for (let look = 0; look < looks; look += 1) {
      base = due - 1000;
      began = performance.now();
      await scheduler.tick();
    }
  });
  base = due;
  began = performance.now();
  const busy = await worked(async () => {
    for (let left = sourceCount; left > 0; left = await waiting(db)) await scheduler.tick();
  });
  const made = await db
    .select({ queuedAt: runs.queuedAt })
    .from(runs)
    .where(sql`${runs.trigger} = 'schedule'`);
  if (made.length !== sourceCount) throw new Error(`${made.length} runs for ${sourceCount} sources`);
  const delays = made.map(({ queuedAt }) => (queuedAt.getTime() - due) / 1000);
  const range = { from: "2026-11-01T00:00:00.000Z", to: "2027-01-01T00:00:00.000Z" };
  const calendar = await worked(() => getCalendar(context, { ...nothing, query: range }));
  await clear(db);
  const perLook = idle.cpuMs / looks;
  return [
    limitLine({
      part,
      what: `${sourceCount} sources, 5000 schedules: processor time of a look that finds nothing due`,
      value: perLook,
      most: 50,
      show: milliseconds,
      sides: `${((perLook / usualTickSeconds / 1000) * 100).toFixed(2)} % of a core with a look every ${usualTickSeconds} s; ${milliseconds(idle.ms / looks)} by the clock`,
    }),
    limitLine({
      part,
      what: `${sourceCount} backups due at the same moment: the last one queued after`,
      value: Math.max(...delays),
      most: 30,
      show: seconds,
      sides: `from the look that finds them; median ${seconds(percentile(delays, 0.5))}, 99th percentile ${seconds(percentile(delays, 0.99))}`,
    }),
    toldLine(part, "of which the worker's own processor time, for each backup", milliseconds(busy.cpuMs / sourceCount)),
    toldLine(part, "the calendar of two months over all of them", milliseconds(calendar.ms)),
  ];
};

type Db = Parameters<typeof insertScheduledSources>[0];

async function waiting(db: Db): Promise<number> {
  return (
    await db
      .select({ id: slots.id })
      .from(slots)
      .where(sql`${slots.state} = 'waiting'`)
  ).length;
}

/** The parts that come after find the catalogue as it was. */
async function clear(db: Db): Promise<void> {
  const scheduled = db.select({ id: schedulesTable.sourceId }).from(schedulesTable);
  await db.delete(runs).where(inArray(runs.sourceId, scheduled));
  await db.delete(sources).where(inArray(sources.id, scheduled));
  await db.delete(servers).where(like(servers.host, "h_.example.org"));
}

/** Processor time of this process and time on the wall, in milliseconds. */
async function worked(work: () => Promise<unknown>): Promise<{ cpuMs: number; ms: number }> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { cpuMs: (user + system) / 1000, ms: performance.now() - started };
}
