import { z } from "zod";
import { missedPolicies, overlapPolicies, scheduleTasks, slotReasons, slotStates } from "../domain/schedule-task.ts";
import { count, idOf, instant, pageOf, pageQuery, reason } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";

/** Five fields (minute, hour, day of month, month, day of week), as cron has them; `L` for the last day of a month. White space is put right; checked again by the parser. */
export const cronExpression = z
  .string()
  .overwrite((typed) => typed.trim().replaceAll(/\s+/gu, " "))
  .min(1)
  .max(120);

/** An IANA zone that this installation knows. */
export const timeZone = z
  .string()
  .max(80)
  .refine((zone) => {
    try {
      return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
    } catch {
      return false;
    }
  }, "a time zone like Europe/Berlin");

const editable = {
  task: z.enum(scheduleTasks),
  cron: cronExpression,
  timeZone,
  /** Minutes after its nominal time within which a slot may still start; null: until the next slot of the same schedule. */
  windowMinutes: z.number().int().min(1).max(10_080).nullable(),
  /** Each start is put off by up to so many seconds, always the same for the same slot. */
  jitterSeconds: z.number().int().min(0).max(7200),
  enabled: z.boolean(),
  /** Null: the group of the source. */
  workerGroup: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/)
    .nullable(),
  onMissed: z.enum(missedPolicies),
  onOverlap: z.enum(overlapPolicies),
  /** How often a failed run of a slot is tried again, and after how many minutes first (each further wait is twice as long). */
  retries: z.number().int().min(0).max(10),
  retryMinutes: z.number().int().min(1).max(1440),
};

/** How the clock change of the zone touches the coming year's slots. */
export const dstNote = z.object({
  /** When the clocks change. */
  at: instant,
  change: z.enum(["gap", "repeat"]),
  /** The slot's wall time, for example `02:30`. */
  wallTime: z.string(),
  /** When it starts all the same. */
  startsAt: instant,
  /** A time that comes twice starts again then, where the expression names every hour; null: it starts once. */
  againAt: instant.nullable(),
});

export const schedule = z.object({
  id: idOf("schedule"),
  sourceId: idOf("source"),
  sourceName: z.string(),
  ...editable,
  /** Null: not paused; far ahead means until somebody resumes it. */
  pausedUntil: instant.nullable(),
  /** The next five starts, without jitter; empty while it is switched off. A pause leaves out what falls into it. */
  next: z.array(instant),
  dst: z.array(dstNote),
  lastSlot: z.object({ nominalAt: instant, state: z.enum(slotStates), runId: z.string().nullable() }).nullable(),
  version: z.number().int(),
  createdAt: instant,
});
export type ScheduleDto = z.infer<typeof schedule>;

export const scheduleInput = z.object({
  sourceId: idOf("source"),
  task: editable.task,
  cron: editable.cron,
  timeZone: editable.timeZone,
  windowMinutes: editable.windowMinutes.default(null),
  jitterSeconds: editable.jitterSeconds.default(0),
  enabled: editable.enabled.default(true),
  workerGroup: editable.workerGroup.default(null),
  onMissed: editable.onMissed.default("catch-up"),
  onOverlap: editable.onOverlap.default("wait"),
  retries: editable.retries.default(2),
  retryMinutes: editable.retryMinutes.default(5),
});

const byId = z.object({ id: idOf("schedule") });
const bySource = z.object({ id: idOf("source") });

export const listSchedules = defineEndpoint({
  id: "listSchedules",
  method: "GET",
  path: "/schedules",
  summary: "Schedules, the next due first; all of one source fit on a page",
  permission: "policies:read",
  query: pageQuery.extend({ source: idOf("source").optional() }),
  response: pageOf(schedule),
});

export const createSchedule = defineEndpoint({
  id: "createSchedule",
  method: "POST",
  path: "/schedules",
  summary: "Add a schedule to a source",
  permission: "policies:write",
  body: scheduleInput,
  response: schedule,
  status: 201,
});

export const getSchedule = defineEndpoint({
  id: "getSchedule",
  method: "GET",
  path: "/schedules/{id}",
  summary: "One schedule with its next starts",
  permission: "policies:read",
  params: byId,
  response: schedule,
});

export const updateSchedule = defineEndpoint({
  id: "updateSchedule",
  method: "PATCH",
  path: "/schedules/{id}",
  summary: "Change, pause (until a time) or resume a schedule",
  permission: "policies:write",
  params: byId,
  body: z.strictObject({ ...editable, pausedUntil: instant.nullable() }).partial(),
  response: schedule,
  ifMatch: true,
});

export const deleteSchedule = defineEndpoint({
  id: "deleteSchedule",
  method: "DELETE",
  path: "/schedules/{id}",
  summary: "Remove a schedule; what its slots did stays in the calendar",
  permission: "policies:write",
  params: byId,
  response: z.null(),
  status: 204,
  ifMatch: true,
});

/** Asked while somebody types: nothing is written. `problem` says what is wrong with the expression. */
export const previewSchedule = defineEndpoint({
  id: "previewSchedule",
  method: "POST",
  path: "/schedules/preview",
  summary: "What an expression means: the next starts and what clock changes do to them",
  permission: "policies:read",
  body: z.object({ cron: z.string().max(120), timeZone, count: z.number().int().min(1).max(50).default(5) }),
  response: z.object({ next: z.array(instant), dst: z.array(dstNote), problem: reason.nullable() }),
});

/** `recommended`: full on day 1 at 00:00, differential on Sunday at 23:30, incremental daily at 23:00, verification daily at 01:00, clean-up on Monday at 02:00.
 * `daily`: a full every day at `time`, verification two hours later, clean-up on Monday. */
export const schedulePresets = ["recommended", "daily"] as const;

export const applySchedulePreset = defineEndpoint({
  id: "applySchedulePreset",
  method: "POST",
  path: "/sources/{id}/schedules/preset",
  summary: "Put the offered schedules in the place of a source's schedules",
  permission: "policies:write",
  params: bySource,
  body: z.object({
    preset: z.enum(schedulePresets),
    timeZone,
    /** Of `daily`. */
    time: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
      .default("23:00"),
    /** Also gives a source that keeps everything the built-in policy that fits the schedules: what is older than it keeps then goes to the trash. */
    retention: z.boolean().default(false),
  }),
  response: z.object({ items: z.array(schedule) }),
  status: 201,
});

/** One planned or past slot. A planned one has no id. */
export const slot = z.object({
  id: idOf("slot").nullable(),
  scheduleId: z.string().nullable(),
  sourceId: idOf("source"),
  sourceName: z.string(),
  task: z.enum(scheduleTasks),
  nominalAt: instant,
  state: z.enum([...slotStates, "planned"]),
  reason: z.enum(slotReasons).nullable(),
  /** Started after its window or after a catch-up. */
  late: z.boolean(),
  attempt: z.number().int(),
  runId: z.string().nullable(),
});
export type SlotDto = z.infer<typeof slot>;

export const getCalendar = defineEndpoint({
  id: "getCalendar",
  method: "GET",
  path: "/calendar",
  summary: "Planned, done, failed and missed slots between two times, 62 days at most",
  permission: "policies:read",
  query: z.object({
    from: instant,
    to: instant,
    source: idOf("source").optional(),
    /** Whose days are counted; UTC unless told. */
    timeZone: timeZone.optional(),
    /** How many slots are given, the first ones; 5000 unless told. The days count all of them. */
    limit: z.coerce.number().int().min(1).max(5000).optional(),
  }),
  response: z.object({
    items: z.array(slot).max(5000),
    /** There are more than are given. */
    truncated: z.boolean(),
    /** All of them, by the day of the nominal time in `timeZone`. */
    days: z.array(
      z.object({
        day: z.iso.date(),
        /** What is to come, and what waits or works (`active` of them). */
        planned: count,
        active: count,
        done: count,
        failed: count,
        missed: count,
        /** What was meant not to run, as in a pause. */
        skipped: count,
      }),
    ),
  }),
});

/** Limits of what runs at once. Null: as many as workers have places. */
export const schedulingSettings = z.object({
  maxRunning: z.number().int().min(1).max(1000).nullable(),
  /** Runs that read or write one database server's host at the same time. */
  maxRunningPerHost: z.number().int().min(1).max(100).nullable(),
  version: z.number().int(),
});
export type SchedulingSettings = z.infer<typeof schedulingSettings>;

export const getSchedulingSettings = defineEndpoint({
  id: "getSchedulingSettings",
  method: "GET",
  path: "/settings/scheduling",
  summary: "How much runs at once",
  permission: "policies:read",
  response: schedulingSettings,
});

export const updateSchedulingSettings = defineEndpoint({
  id: "updateSchedulingSettings",
  method: "PATCH",
  path: "/settings/scheduling",
  summary: "Change how much runs at once",
  permission: "policies:write",
  body: schedulingSettings.omit({ version: true }).partial(),
  response: schedulingSettings,
  ifMatch: true,
});
