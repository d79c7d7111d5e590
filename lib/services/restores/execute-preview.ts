import { restoreInput } from "#lib/contracts/restores";
import { changesSince } from "#lib/domain/changes-since";
import type { TargetFacts } from "#lib/engines/port";
import { type BackupFacts, loadBackupFacts } from "../backups/facts.ts";
import { finishRun } from "../runs/finish.ts";
import type { RunWork } from "../runs/work.ts";
import { getServerOrThrow } from "../servers/execute-check.ts";
import { checkPacks } from "./check-packs.ts";
import { countSource, type SourceCounts } from "./count-source.ts";
import { inspectTarget, restoreRequest, type TargetPlan } from "./inspect.ts";
import { inspectFile } from "./plan-file.ts";
import type { PreviewOutput, PreviewTarget } from "./preview-output.ts";
import { targetOf } from "./resolve-order.ts";

/** Tables that a preview shows at most. */
const maxChanges = 500;

/** Answers what a restore would meet. A target that cannot be reached fails the probe with the reason; a source that cannot is only told. */
export async function executePreview(work: RunWork): Promise<void> {
  const { db, run, reporter } = work;
  const input = restoreInput.parse(run.input);
  const facts = await loadBackupFacts(db, input.backupId ?? "");
  const stop = new AbortController();
  const counting = reporter.step("count-source", () => countSource(work, facts, stop.signal));
  let target: PreviewTarget;
  try {
    target = await reporter.step("inspect", async () => {
      const wanted = targetOf(input);
      return wanted.type === "file"
        ? inspectFile(work, facts, { ...input, ...wanted })
        : inspectServer(work, facts, { ...input, ...wanted });
    });
  } catch (error) {
    stop.abort();
    await counting;
    throw error;
  }
  const packProblems = await checkPacks(work, facts);
  const output: PreviewOutput = {
    ...target,
    blockers: [...packProblems, ...target.blockers],
    missingKeys: packProblems
      .filter(({ code }) => code === "pack-missing" || code === "chain-broken")
      .map(({ params }) => String(params["key"])),
    ...changesOf(facts, input.tables, await counting),
  };
  await reporter.flush();
  await finishRun(db, work.lease, { state: "succeeded", output });
}

type Wanted = ReturnType<typeof restoreInput.parse>;

async function inspectServer(
  work: RunWork,
  facts: BackupFacts,
  input: Wanted & { serverId: string; database: string },
): Promise<PreviewTarget> {
  const server = await getServerOrThrow(work.db, input.serverId);
  const { target, plan, workerFreeBytes } = await inspectTarget(work, facts, restoreRequest(work, facts, server, input), input.mode);
  return {
    file: null,
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
}

function replaceOutput({ existing }: TargetFacts, { replace }: TargetPlan): PreviewOutput["replace"] {
  if (existing === null || replace === null) return null;
  const { sessions, sizeBytes, owner, tables } = existing;
  return { ...replace, sessions, sizeBytes, owner, tables: tables.length };
}

/** Where only some tables are restored, only those are of interest. */
function changesOf(
  { backup, tables }: BackupFacts,
  chosen: Wanted["tables"],
  { counts, problem }: SourceCounts,
): Pick<PreviewOutput, "changes" | "changesProblem"> {
  if (counts === null) return { changes: null, changesProblem: problem };
  const isChosen = (one: { schema: string; table: string }) =>
    chosen.length === 0 || chosen.some(({ schema, table }) => schema === one.schema && table === one.table);
  const excludedSchemas = backup.manifest?.excludedSchemas ?? [];
  const changes = changesSince({ tables: tables.filter(isChosen), excludedSchemas }, counts.tables.filter(isChosen), maxChanges);
  return { changes: { countedAt: counts.countedAt.toISOString(), ...changes }, changesProblem: null };
}
