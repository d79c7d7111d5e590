import type { DrillPlanSummaryDto } from "#lib/contracts/drill-plans";

/** The page shows this many plans, the most overdue first. Server and client ask the same query. */
export const duePlansQuery = { limit: 200 } as const;

/** Plans that a person should see without asking. */
export function needsLook({ due, openDrillId }: Pick<DrillPlanSummaryDto, "due" | "openDrillId">): boolean {
  return openDrillId !== null || due === "running" || due === "overdue" || due === "due" || due === "due-soon";
}
