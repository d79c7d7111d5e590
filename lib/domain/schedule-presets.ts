import type { ScheduleTask } from "./schedule-task.ts";

export type PresetName = "recommended" | "daily";
export type OfferedSchedule = { readonly task: ScheduleTask; readonly cron: string };

/** The built-in retention policies (migration 0011 seeds them) that fit the offers. */
export const presetPolicies: Readonly<Record<PresetName, string>> = {
  recommended: "pol_00000000000070008000000000000001",
  daily: "pol_00000000000070008000000000000002",
};

const verifyHoursLater = 2;

/** What is offered to somebody who does not want to write cron. `time` (HH:MM) is when `daily` makes its backup. */
export function presetSchedules(preset: PresetName, time: string): readonly OfferedSchedule[] {
  const cleanUp: OfferedSchedule = { task: "clean-up", cron: "0 2 * * 1" };
  if (preset === "recommended") {
    return [
      { task: "full", cron: "0 0 1 * *" },
      { task: "differential", cron: "30 23 * * 0" },
      { task: "incremental", cron: "0 23 * * *" },
      { task: "verify", cron: "0 1 * * *" },
      cleanUp,
    ];
  }
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  return [
    { task: "full", cron: `${minute} ${hour} * * *` },
    { task: "verify", cron: `${minute} ${(hour + verifyHoursLater) % 24} * * *` },
    cleanUp,
  ];
}
