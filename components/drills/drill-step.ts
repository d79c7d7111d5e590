import type { DrillDto } from "#lib/contracts/drills";
import { drillPhases, phaseOf, type DrillPhase } from "#lib/domain/drill-state";

type Drill = Pick<DrillDto, "state" | "phase">;

/** The step that a drill stands at; an aborted one where it was aborted. */
export function currentStep(drill: Drill): DrillPhase {
  return phaseOf(drill.state) ?? drill.phase;
}

/** Whether a step can be looked at: what was, what is, and closing as soon as the restore has ended. */
export function canLookAt(drill: Drill, step: DrillPhase): boolean {
  if (step === "close" && (drill.state === "validating" || drill.state === "restore-failed")) return true;
  return drillPhases.indexOf(step) <= drillPhases.indexOf(currentStep(drill));
}

/** The step that is shown: the one that the address asks for where it can be looked at, else the one where the drill stands. */
export function shownStep(drill: Drill, wanted: string | null): DrillPhase {
  const step = drillPhases.find((phase) => phase === wanted);
  return step !== undefined && canLookAt(drill, step) ? step : currentStep(drill);
}
