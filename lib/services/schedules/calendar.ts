import { and, asc, eq, gte, isNull, lt, type SQL, sql } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type { getCalendar as contract, SlotDto } from "#lib/contracts/schedules";
import { startsBetween } from "#lib/cron/starts";
import type { Database } from "#lib/db/client";
import { schedules } from "#lib/db/schema/schedules";
import { slots } from "#lib/db/schema/slots";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import { wallTimeAt } from "#lib/domain/zone-time";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { findSchedules, type FoundSchedule, iso } from "./dto.ts";
import { firstPlanned, type PlannedGroup, plannedGroups } from "./planned.ts";

const dayMs = 86_400_000;
const longestDays = 62;
const mostItems = 5000;

type Days = EndpointOutput<typeof contract>["days"];
type Day = Days[number];

/**
 * What schedules did and are going to do between two times (`to` exclusive). Throws `invalid-input` for a range that is empty or longer than 62 days.
 */
export async function getCalendar(
  context: ServiceContext,
  { query }: EndpointInput<typeof contract>,
): Promise<EndpointOutput<typeof contract>> {
  authorise(context, "policies:read");
  const from = Date.parse(query.from);
  const to = Date.parse(query.to);
  if (to <= from || to - from > longestDays * dayMs) {
    throw new LifeboatError("invalid-input", { issues: "to: after from, and 62 days after it at most" });
  }
  const inRange = and(
    gte(slots.nominalAt, new Date(from)),
    lt(slots.nominalAt, new Date(to)),
    isNull(sources.removedAt),
    query.source === undefined ? undefined : eq(slots.sourceId, query.source),
  );
  const limit = query.limit ?? mostItems;
  const [past, counted, found] = await Promise.all([
    readPast(context.db, inRange, limit),
    countPast(context.db, inRange),
    findSchedules(context.db, query.source === undefined ? undefined : eq(schedules.sourceId, query.source)),
  ]);
  const days = daysOf(from, to, query.timeZone ?? "UTC");
  const groups = plannedGroups(found, from, to);
  const planned = firstPlanned(groups, limit + 1).map(({ at, found: one }) => toPlanned(at, one));
  const all = [...past, ...planned].toSorted((a, b) => a.nominalAt.localeCompare(b.nominalAt));
  return { items: all.slice(0, limit), truncated: all.length > limit, days: toDays(days, counted, groups) };
}

async function readPast(db: Database, where: SQL | undefined, limit: number): Promise<SlotDto[]> {
  const rows = await db
    .select({ slot: slots, sourceName: sources.name })
    .from(slots)
    .innerJoin(sources, eq(sources.id, slots.sourceId))
    .where(where)
    .orderBy(asc(slots.nominalAt), asc(slots.id))
    .limit(limit + 1);
  return rows.map(({ slot, sourceName }) => ({
    id: slot.id,
    scheduleId: slot.scheduleId,
    sourceId: slot.sourceId,
    sourceName,
    task: slot.task,
    nominalAt: slot.nominalAt.toISOString(),
    state: slot.state,
    reason: slot.reason,
    late: slot.late,
    attempt: slot.attempt,
    runId: slot.runId,
  }));
}

function toPlanned(at: number, { schedule, source }: FoundSchedule): SlotDto {
  return {
    id: null,
    scheduleId: schedule.id,
    sourceId: schedule.sourceId,
    sourceName: source.name,
    task: schedule.task,
    nominalAt: iso(at),
    state: "planned",
    reason: null,
    late: false,
    attempt: 0,
    runId: null,
  };
}

type PastCount = { readonly quarter: Date; readonly column: "active" | "done" | "failed" | "missed" | "skipped"; readonly n: number };

/** Clocks everywhere differ from UTC by whole quarters of an hour: slots that are counted by them can be put to the days of any zone. */
const quarterOfHour = sql`date_bin('15 minutes', ${slots.nominalAt}, 'epoch')`;

/** Slots by the beginning of their quarter of an hour; what waits or works is active. */
async function countPast(db: Database, where: SQL | undefined): Promise<PastCount[]> {
  const column = sql<PastCount["column"]>`case when ${slots.state} in ('waiting', 'started') then 'active' else ${slots.state} end`;
  return db
    .select({ quarter: quarterOfHour.mapWith(slots.nominalAt), column, n: sql<number>`count(*)::int` })
    .from(slots)
    .innerJoin(sources, eq(sources.id, slots.sourceId))
    .where(where)
    .groupBy(sql`1, 2`);
}

type ZoneDay = { readonly beginsAt: number; readonly counts: Day };

/** The days of a zone that lie in the range, the first one from where the range begins. */
function daysOf(from: number, to: number, timeZone: string): ZoneDay[] {
  const midnights = startsBetween({ cron: "0 0 * * *", timeZone }, from, to - 1, longestDays + 1);
  return [from, ...midnights].map((beginsAt) => ({
    beginsAt,
    counts: { day: iso(wallTimeAt(timeZone, beginsAt)).slice(0, 10), planned: 0, active: 0, done: 0, failed: 0, missed: 0, skipped: 0 },
  }));
}

function toDays(days: readonly ZoneDay[], counted: readonly PastCount[], groups: readonly PlannedGroup[]): Days {
  const dayAt = (at: number) => days.findLast(({ beginsAt }) => beginsAt <= at) ?? days[0];
  for (const { quarter, column, n } of counted) {
    const known = dayAt(quarter.getTime());
    if (known === undefined) continue;
    known.counts[column] += n;
    // What waits or works is still to be done.
    if (column === "active") known.counts.planned += n;
  }
  for (const { found, starts } of groups) {
    let index = 0;
    for (const at of starts) {
      while ((days[index + 1]?.beginsAt ?? Number.POSITIVE_INFINITY) <= at) index += 1;
      const known = days[index];
      if (known !== undefined) known.counts.planned += found.length;
    }
  }
  return days.map(({ counts }) => counts);
}
