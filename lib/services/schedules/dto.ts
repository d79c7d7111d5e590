import { and, eq, type SQL, sql } from "drizzle-orm";
import type { ScheduleDto } from "#lib/contracts/schedules";
import { clockNotes, type ClockNote } from "#lib/cron/clock-notes";
import { nextStarts } from "#lib/cron/starts";
import type { Database, Transaction } from "#lib/db/client";
import { schedules } from "#lib/db/schema/schedules";
import { slots } from "#lib/db/schema/slots";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import { oneOf } from "../one-of.ts";
import { readOr } from "./unreadable.ts";

export type ScheduleRow = typeof schedules.$inferSelect;
type SlotRow = typeof slots.$inferSelect;
type SourcePart = { readonly name: string; readonly pausedAt: Date | null; readonly pausedUntil: Date | null };
export type FoundSchedule = { readonly schedule: ScheduleRow; readonly source: SourcePart };

const nextCount = 5;

export const iso = (ms: number): string => new Date(ms).toISOString();

export function toNote({ at, startsAt, againAt, ...note }: ClockNote): ScheduleDto["dst"][number] {
  return { ...note, at: iso(at), startsAt: iso(startsAt), againAt: againAt === null ? null : iso(againAt) };
}

/** From when on a schedule starts anything: after the pauses of its own and of its source. Null: not before somebody resumes it. */
export function activeFrom(schedule: Pick<ScheduleRow, "pausedUntil">, source: SourcePart, now: number): number | null {
  if (source.pausedAt !== null && source.pausedUntil === null) return null;
  // A start at the very end of a pause is not in it.
  const ends = [schedule.pausedUntil, source.pausedAt === null ? null : source.pausedUntil].flatMap((end) => end?.getTime() ?? []);
  return Math.max(now, ...ends.map((end) => end - 1));
}

/** Schedules with their sources, under any condition on the two. */
export function findSchedules(db: Database | Transaction, where: SQL | undefined): Promise<FoundSchedule[]> {
  return db
    .select({ schedule: schedules, source: { name: sources.name, pausedAt: sources.pausedAt, pausedUntil: sources.pausedUntil } })
    .from(schedules)
    .innerJoin(sources, eq(sources.id, schedules.sourceId))
    .where(and(where, sql`${sources.removedAt} is null`))
    .orderBy(sql`${schedules.nextDueAt} asc nulls last`, schedules.id);
}

/** Rows → DTOs as they stand at `now`, with a fixed number of queries however many there are. One that this host cannot read shows no next times. */
export async function toScheduleDtos(db: Database | Transaction, found: readonly FoundSchedule[], now: Date): Promise<ScheduleDto[]> {
  const ids = found.map(({ schedule }) => schedule.id);
  const last = ids.length === 0 ? [] : await readLastSlots(db, ids);
  const lastOf = new Map(last.map((slot) => [slot.scheduleId, slot]));
  return found.map(({ schedule, source }) => toScheduleDto(schedule, source, lastOf.get(schedule.id) ?? null, now.getTime()));
}

/** The newest slot of each schedule, found through the index for each rather than among all of its slots. */
async function readLastSlots(db: Database | Transaction, ids: readonly string[]): Promise<SlotRow[]> {
  const newest = await db.execute<{ id: string }>(sql`
    select newest.id from unnest(${sql.param(ids)}::text[]) as wanted(id), lateral (
      select slot.id from ${slots} as slot where slot.schedule_id = wanted.id order by slot.nominal_at desc limit 1
    ) as newest
  `);
  if (newest.length === 0) return [];
  return db
    .select()
    .from(slots)
    .where(
      oneOf(
        slots.id,
        newest.map(({ id }) => id),
      ),
    );
}

function toScheduleDto(row: ScheduleRow, source: SourcePart, lastSlot: SlotRow | null, now: number): ScheduleDto {
  const from = row.enabled ? activeFrom(row, source, now) : null;
  return {
    id: row.id,
    sourceId: row.sourceId,
    sourceName: source.name,
    task: row.task,
    cron: row.cron,
    timeZone: row.timeZone,
    windowMinutes: row.windowMinutes,
    jitterSeconds: row.jitterSeconds,
    enabled: row.enabled,
    workerGroup: row.workerGroup,
    onMissed: row.onMissed,
    onOverlap: row.onOverlap,
    retries: row.retries,
    retryMinutes: row.retryMinutes,
    pausedUntil: row.pausedUntil?.toISOString() ?? null,
    next: from === null ? [] : readOr(() => nextStarts(row, from, nextCount), []).map(iso),
    dst: readOr(() => clockNotes(row, now), []).map(toNote),
    lastSlot: lastSlot === null ? null : { nominalAt: lastSlot.nominalAt.toISOString(), state: lastSlot.state, runId: lastSlot.runId },
    version: row.version,
    createdAt: row.createdAt.toISOString(),
  };
}

/** One schedule as lists show it at `now`. Throws `not-found`. */
export async function loadSchedule(db: Database | Transaction, id: string, now: Date): Promise<ScheduleDto> {
  const [dto] = await toScheduleDtos(db, await findSchedules(db, eq(schedules.id, id)), now);
  if (dto === undefined) throw new LifeboatError("not-found", { entity: "schedule", id });
  return dto;
}

/** What the audit trail keeps of a schedule. */
export function auditedSchedule(row: ScheduleRow): Record<string, unknown> {
  const { id: _id, version: _version, createdAt: _createdAt, updatedAt: _updatedAt, nextDueAt: _nextDueAt, ...kept } = row;
  return kept;
}

/** What a schedule is called in the audit trail. */
export function auditName(row: Pick<ScheduleRow, "task" | "cron" | "timeZone">, sourceName: string): string {
  return `${sourceName}: ${row.task}, ${row.cron}, ${row.timeZone}`;
}
