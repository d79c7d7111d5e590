import type { ScheduleDto } from "#lib/contracts/schedules";
import type { MissedPolicy, OverlapPolicy, ScheduleTask } from "#lib/domain/schedule-task";
import { isTimeZone } from "#lib/i18n/negotiate";
import { cronDraftOf, cronOf, type CronDraft } from "./cron-shape.ts";

/** What the editor's fields hold: numbers as they are typed; an empty one is none where none may be. */
export type ScheduleDraft = {
  readonly task: ScheduleTask;
  readonly cron: CronDraft;
  readonly timeZone: string;
  readonly windowMinutes: string;
  readonly jitterSeconds: string;
  readonly enabled: boolean;
  readonly workerGroup: string;
  readonly onMissed: MissedPolicy;
  readonly onOverlap: OverlapPolicy;
  readonly retries: string;
  readonly retryMinutes: string;
};

type Editable = Pick<
  ScheduleDto,
  | "task"
  | "cron"
  | "timeZone"
  | "windowMinutes"
  | "jitterSeconds"
  | "enabled"
  | "workerGroup"
  | "onMissed"
  | "onOverlap"
  | "retries"
  | "retryMinutes"
>;

/** A new one's fields: what the API fills in, at a quiet hour of the reader's zone. */
export function newSchedule(timeZone: string, task: ScheduleTask = "full"): Editable {
  return {
    task,
    cron: task === "clean-up" ? "0 2 * * 1" : "0 23 * * *",
    timeZone,
    windowMinutes: null,
    jitterSeconds: 0,
    enabled: true,
    workerGroup: null,
    onMissed: "catch-up",
    onOverlap: "wait",
    retries: 2,
    retryMinutes: 5,
  };
}

export function scheduleDraftOf(schedule: Editable): ScheduleDraft {
  return {
    task: schedule.task,
    cron: cronDraftOf(schedule.cron),
    timeZone: schedule.timeZone,
    windowMinutes: schedule.windowMinutes === null ? "" : String(schedule.windowMinutes),
    jitterSeconds: String(schedule.jitterSeconds),
    enabled: schedule.enabled,
    workerGroup: schedule.workerGroup ?? "",
    onMissed: schedule.onMissed,
    onOverlap: schedule.onOverlap,
    retries: String(schedule.retries),
    retryMinutes: String(schedule.retryMinutes),
  };
}

export type ScheduleFault = "cron" | "timeZone" | "window" | "jitter" | "retries" | "retryMinutes" | "group";

/** The fields that cannot be saved as they are. Whether an expression ever comes is the server's to say. */
export function scheduleFaults(draft: ScheduleDraft): ReadonlySet<ScheduleFault> {
  const faults: [ScheduleFault, boolean][] = [
    ["cron", cronOf(draft.cron) === null],
    ["timeZone", !isTimeZone(draft.timeZone.trim())],
    ["window", draft.windowMinutes.trim() !== "" && whole(draft.windowMinutes, 1, 10_080) === null],
    ["jitter", whole(draft.jitterSeconds, 0, 7200) === null],
    ["retries", whole(draft.retries, 0, 10) === null],
    ["retryMinutes", whole(draft.retryMinutes, 1, 1440) === null],
    ["group", !/^[a-z0-9-]{0,40}$/.test(draft.workerGroup.trim())],
  ];
  return new Set(faults.flatMap(([fault, isWrong]) => (isWrong ? [fault] : [])));
}

/** The draft as the API takes it; null while something cannot be saved. */
export function scheduleOf(draft: ScheduleDraft): Editable | null {
  const cron = cronOf(draft.cron);
  if (cron === null || scheduleFaults(draft).size > 0) return null;
  return {
    task: draft.task,
    cron,
    timeZone: draft.timeZone.trim(),
    windowMinutes: whole(draft.windowMinutes, 1, 10_080),
    jitterSeconds: Number(draft.jitterSeconds),
    enabled: draft.enabled,
    workerGroup: draft.workerGroup.trim() === "" ? null : draft.workerGroup.trim(),
    onMissed: draft.onMissed,
    onOverlap: draft.onOverlap,
    retries: Number(draft.retries),
    retryMinutes: Number(draft.retryMinutes),
  };
}

function whole(text: string, min: number, max: number): number | null {
  const number = /^\d{1,6}$/.test(text.trim()) ? Number(text) : Number.NaN;
  return number >= min && number <= max ? number : null;
}
