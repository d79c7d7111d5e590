import type { CheckDefinition } from "#lib/contracts/drill-checks";
import type { DrillCadence, DrillSelection, DrillTargetChoice } from "#lib/contracts/drill-plans";
import type { SourceEngine } from "#lib/domain/backup-state";
import { nextDue } from "#lib/domain/drill-due";
import { proposedChecks } from "../drills/checks/proposed.ts";

export type ProposedPlan = {
  readonly selection: DrillSelection;
  readonly target: DrillTargetChoice;
  readonly recoveryTimeSeconds: number | null;
  readonly recoveryPointSeconds: number | null;
  readonly cadence: DrillCadence;
  readonly graceDays: number;
  readonly checks: CheckDefinition[];
  readonly nextDueAt: Date;
  readonly playbook: string;
};

const hour = 3600;

/**
 * A sensible plan for a source that nobody has thought about yet: the newest backup, into a sandbox, every month, first a month after the source was
 * added. The objectives are what most people would sign: back within four hours, at most a day lost.
 */
export function proposePlan(source: { readonly engine: SourceEngine; readonly name: string; readonly createdAt: Date }): ProposedPlan {
  const cadence: DrillCadence = { unit: "months", every: 1 };
  return {
    selection: { type: "latest" },
    target: { type: "automatic" },
    recoveryTimeSeconds: 4 * hour,
    recoveryPointSeconds: 26 * hour,
    cadence,
    graceDays: 7,
    checks: proposedChecks(source.engine),
    nextDueAt: nextDue(cadence, source.createdAt),
    playbook: proposedPlaybook(source.name),
  };
}

/** English, like every text that people then make their own. */
function proposedPlaybook(name: string): string {
  return `# Recovering ${name}

1. **Prepare.** Look at what the look ahead found. Tell whoever uses the data that a rehearsal runs; nothing live is touched.
2. **Restore.** The recovery clock starts. Write down here what you would have to do in an emergency beside pressing the button: who decides, where the credentials are, who has to be called.
3. **Validate.** Let the checks run. Look into the copy with the console. Start your application on it if you can.
4. **Close.** Write down what was slow or unclear, and improve this page.
`;
}
