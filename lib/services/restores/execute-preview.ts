import { restoreInput } from "#lib/contracts/restores";
import { loadBackupFacts } from "../backups/facts.ts";
import type { TargetFacts } from "#lib/engines/port";
import { finishRun } from "../runs/finish.ts";
import type { RunWork } from "../runs/work.ts";
import { getServerOrThrow } from "../servers/execute-check.ts";
import { inspectTarget, restoreRequest, type TargetPlan } from "./inspect.ts";
import type { PreviewOutput } from "./preview-output.ts";

/** Answers what a restore would meet. A server that cannot be reached fails the probe with the reason. */
export async function executePreview(work: RunWork): Promise<void> {
  const { db, run, reporter } = work;
  const input = restoreInput.parse(run.input);
  const { target, plan, workerFreeBytes } = await reporter.step("inspect", async () => {
    const facts = await loadBackupFacts(db, input.backupId);
    const server = await getServerOrThrow(db, input.serverId);
    return inspectTarget(work, facts, restoreRequest(work, facts, server, input), input.mode);
  });
  const output: PreviewOutput = {
    serverVersion: target.serverVersion,
    toolVersion: target.toolVersion,
    databaseExists: plan.databaseExists,
    existingDatabases: [...target.databases],
    serverFreeBytes: target.freeBytes,
    workerFreeBytes,
    missingRoles: plan.missingRoles,
    missingExtensions: plan.missingExtensions,
    missingTablespaces: plan.missingTablespaces,
    missingLocale: plan.missingLocale,
    replace: replaceOutput(target, plan),
    warnings: plan.warnings,
    blockers: plan.blockers,
  };
  await reporter.flush();
  await finishRun(db, work.lease, { state: "succeeded", output });
}

function replaceOutput({ existing }: TargetFacts, { replace }: TargetPlan): PreviewOutput["replace"] {
  if (existing === null || replace === null) return null;
  const { sessions, sizeBytes, owner, tables } = existing;
  return { ...replace, sessions, sizeBytes, owner, tables: tables.length };
}
