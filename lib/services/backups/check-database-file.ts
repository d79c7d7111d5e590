import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Reason, reasonOf } from "#lib/domain/error";
import type { FileChecks } from "#lib/engines/file-port";
import type { CheckOutcome } from "#lib/repository/port";
import type { RunWork } from "../runs/work.ts";
import { type BackupFacts, knownBackup } from "./facts.ts";

/**
 * Takes an SQLite database out of the pack and lets SQLite check it. Equal hashes say that it is what was copied; this says that it
 * can be used. What SQLite's check misses (it missed 15 of 120 flipped bits) the hashes have found before.
 */
export async function checkDatabaseFile(
  work: RunWork,
  facts: BackupFacts,
): Promise<{ checks: CheckOutcome[]; failure: Reason | null; listing: string }> {
  const { deps, reporter, signal, engineContext } = work;
  const path = join(engineContext.workDir, "verify.db");
  await reporter.setStep("archive-list", { state: "running" });
  try {
    await deps.repository.spool(knownBackup(facts), path, signal, (bytesDone) => reporter.progress({ bytesDone }));
    const failure = judge(await deps.files.check(path, engineContext));
    await reporter.setStep("archive-list", { state: failure === null ? "done" : "failed", error: failure });
    const actual = failure === null ? "ok" : String(failure.params["detail"]);
    return { checks: [outcome(failure === null ? "passed" : "failed", actual)], failure, listing: "" };
  } catch (error) {
    signal.throwIfAborted();
    const failure = reasonOf(error);
    // A worker without room says nothing about the backup.
    const skipped = failure.code === "no-space";
    reporter.log("warning", `SQLite did not check the database: ${failure.code}`);
    await reporter.setStep("archive-list", { state: skipped ? "skipped" : "failed", error: failure });
    return { checks: [outcome(skipped ? "skipped" : "failed", failure.code)], failure: skipped ? null : failure, listing: "" };
  } finally {
    await rm(path, { force: true });
  }
}

function judge({ problems }: FileChecks): Reason | null {
  const [detail] = problems;
  return detail === undefined ? null : { code: "sqlite-check-failed", params: { check: "integrity_check", detail } };
}

function outcome(verdict: CheckOutcome["verdict"], actual: string): CheckOutcome {
  return { code: "integrity-check", verdict, expected: "ok", actual };
}
