import type { DrillVerdict } from "#lib/domain/drill-state";
import { drillVerdicts } from "#lib/domain/drill-state";

/**
 * The verdicts that may be given, the best first: never better than what the checks allow, and with findings written down not simply
 * passed. `best` null: mandatory checks have no verdict yet, and then nothing but failed is true.
 */
export function allowedVerdicts(best: DrillVerdict | null, hasFindings: boolean): readonly DrillVerdict[] {
  const byChecks = drillVerdicts.indexOf(best ?? "failed");
  const byFindings = drillVerdicts.indexOf(hasFindings ? "passed-with-findings" : "passed");
  return drillVerdicts.slice(Math.max(byChecks, byFindings));
}
