import type { PolicyDto } from "#lib/contracts/policies";
import type { ScheduleDto } from "#lib/contracts/schedules";

/** False for a policy that nothing ever asks: no clean-up is scheduled, and none follows a backup. True while that is not known yet. */
export function isCarriedOut(
  policy: Pick<PolicyDto, "afterBackup"> | undefined,
  schedules: readonly Pick<ScheduleDto, "task" | "enabled">[] | undefined,
): boolean {
  if (policy === undefined || schedules === undefined || policy.afterBackup) return true;
  return schedules.some(({ task, enabled }) => enabled && task === "clean-up");
}
