import { reasonOf } from "#lib/domain/error";
import type { RunWork } from "../runs/work.ts";
import { findPolicyOf } from "./load.ts";
import { startCleanUpRun } from "./start-clean-up.ts";

/**
 * A good backup is made and its run is over: where the policy says so, a clean-up follows as a run of its own. What fails here never fails the
 * backup, and comes again with the next one.
 */
export async function cleanUpAfterBackup({ db, deps, run, reporter }: RunWork, sourceId: string): Promise<void> {
  try {
    const started = await db.transaction(async (tx) => {
      const policy = await findPolicyOf(tx, sourceId);
      return policy?.afterBackup === true ? startCleanUpRun(tx, deps.context, { sourceId, trigger: "retention" }) : null;
    });
    if (started === null) return;
    reporter.log("info", `run ${started.id} cleans up what is kept no longer`);
    await deps.context.wake(started.id, started.workerGroup);
  } catch (error) {
    // One that is under way may have looked before this backup was there; the next one looks again.
    if (reasonOf(error).code === "run-active") return;
    deps.logger.warn("old backups were not cleaned up; the next backup tries again", { runId: run.id, sourceId, error });
  }
}
