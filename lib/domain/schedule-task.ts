/** What a schedule starts: a backup of one kind, a verification, or the clean-up that carries out the retention policy. */
export const scheduleTasks = ["full", "differential", "incremental", "verify", "clean-up"] as const;
export type ScheduleTask = (typeof scheduleTasks)[number];

/** True for tasks that make a backup. */
export function isBackupTask(task: ScheduleTask): task is "full" | "differential" | "incremental" {
  return task !== "verify" && task !== "clean-up";
}

/**
 * States of one slot, a time that a schedule named. `waiting`: due, its run not started yet (jitter, a retry, another run that goes first);
 * `started`: its run is queued or working. `done`, `failed`, `missed` (it should have run and did not) and `skipped` (it was meant not to run: paused, or
 * another run went on and the schedule says so) are final.
 */
export const slotStates = ["waiting", "started", "done", "failed", "missed", "skipped"] as const;
export type SlotState = (typeof slotStates)[number];

/** Why a slot was missed, skipped or late; words for people stand in `schedules.slotReasons.<code>`. */
export const slotReasons = [
  "not-running",
  "run-active",
  "window-over",
  "paused",
  "source-paused",
  "clock-jump",
  "nothing-to-do",
  "no-worker",
] as const;
export type SlotReason = (typeof slotReasons)[number];

/** What happens to a slot that was missed: one catch-up for all of them, marked late, or none. */
export const missedPolicies = ["catch-up", "skip"] as const;
export type MissedPolicy = (typeof missedPolicies)[number];

/** What happens when a slot is due while an earlier run of the same source goes on: it waits inside its window, or is skipped. */
export const overlapPolicies = ["wait", "skip"] as const;
export type OverlapPolicy = (typeof overlapPolicies)[number];
