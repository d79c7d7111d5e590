import { isObjectiveMet } from "./objective.ts";
import { isMissed, isUnverified, type OverviewSource, untoldAlerts } from "./overview-verdict.ts";

/** `good`: the promise is kept, and nothing has failed since. `bad`: there is no backup that is as recent as promised and whole. */
export type SourceLevel = "good" | "attention" | "bad" | "paused";

/** One word for a source at `now`, by the same facts and in the same order as the overview's verdict. */
export function levelOf(source: OverviewSource, now: Date): SourceLevel {
  if (source.paused) return "paused";
  const { lastGood, objectiveSeconds, damaged, failedRun, diverged, drill } = source;
  if (lastGood === null || damaged !== null || !isObjectiveMet(lastGood.at, objectiveSeconds, now)) return "bad";
  const isDrillOdd = drill !== null && (drill.failed !== null || drill.due === "overdue");
  const isTold = failedRun !== null || isMissed(source) || diverged !== null || isDrillOdd || isUnverified(source, now);
  const wantsLook = isTold || untoldAlerts(source).length > 0;
  return wantsLook ? "attention" : "good";
}
