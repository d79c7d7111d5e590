import { and, eq } from "drizzle-orm";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { copies } from "#lib/db/schema/copies";
import { validations } from "#lib/db/schema/validations";
import { LifeboatError, type Reason, reasonOf } from "#lib/domain/error";
import { makeId } from "#lib/domain/ids";
import type { CheckOutcome, KnownBackup } from "#lib/repository/port";
import { recordAudit } from "../audit/record.ts";
import { lockChain } from "../chains/lock.ts";
import { finishRun } from "../runs/finish.ts";
import { assertLease, databaseNow } from "../runs/lease.ts";
import { actAs, type RunWork } from "../runs/work.ts";
import { type BackupFacts, knownBackup, loadBackupFacts } from "./facts.ts";

/** What a verification found; `failure` is what the run fails with, null when everything passed. */
export type VerifyVerdict = { readonly checks: CheckOutcome[]; readonly failure: Reason | null; readonly listing: string };

/**
 * Verifies a backup's copy: sidecar, pack checksum, every frame, root and flat hash, and the archive's listing. What it finds is
 * kept as history and on the copy; damage also fails the run, so that nobody has to look for it.
 */
export async function executeVerify(work: RunWork): Promise<void> {
  const { db, deps, run, reporter, lease, signal } = work;
  const startedMs = performance.now();
  const facts = await reporter.step("prepare", async () => {
    const found = await loadBackupFacts(db, run.backupId ?? "");
    if (found.backup.state !== "available") {
      throw new LifeboatError("backup-not-restorable", { backupId: found.backup.id, state: found.backup.state });
    }
    await deps.prepareDestination();
    await lockChain(db, { chainId: found.chain.id, holder: run.id, mode: "shared", leaseMs: deps.leaseMs });
    return found;
  });
  const verdict = await lookAtCopy(work, facts);
  signal.throwIfAborted();
  for (const check of verdict.checks.filter((each) => each.verdict === "failed")) {
    reporter.log("error", `${check.code}: expected ${check.expected}, found ${check.actual}`);
  }
  await reporter.flush();
  await db.transaction(async (tx) => {
    await assertLease(tx, lease);
    await recordVerdict(tx, work, facts, verdict, Math.round(performance.now() - startedMs));
    await finishRun(tx, lease, { state: verdict.failure === null ? "succeeded" : "failed", error: verdict.failure });
  });
}

/** Looks at a backup's copy, byte by byte. The caller holds the chain's lock. */
export async function lookAtCopy(work: RunWork, facts: BackupFacts): Promise<VerifyVerdict> {
  const { deps, reporter, signal } = work;
  const known = knownBackup(facts);
  await reporter.setStep("check-pack", { state: "running" });
  const sidecar = await deps.repository.checkSidecar(facts);
  await reporter.setStep("check-pack", { state: sidecar.verdict === "passed" ? "done" : "failed", facts: { sidecar: sidecar.actual } });
  reporter.restart({ bytesTotal: known.stream.bytes });
  await reporter.setStep("decode", { state: "running" });
  const found = await deps.repository.verify(known, signal, (bytesDone) => reporter.progress({ bytesDone }));
  await reporter.setStep("decode", {
    state: found.failure === null ? "done" : "failed",
    facts: { bytes: known.stream.bytes, segments: facts.stream.segments },
    error: found.failure,
  });
  const checks = [sidecar, ...found.checks];
  if (found.failure !== null) {
    return { checks: [...checks, listingOutcome("skipped", "")], failure: found.failure, listing: "" };
  }
  const listed = await listArchive(work, facts);
  const untrusted: Reason | null = sidecar.verdict === "failed" ? { code: "sidecar-untrusted", params: { key: known.pack.key } } : null;
  return { checks: [...checks, listed.check], failure: untrusted ?? listed.failure, listing: listed.listing };
}

/** The table of contents stands first; most are far smaller than this. */
const headBytes = [4 * 1024 * 1024, 64 * 1024 * 1024, Number.MAX_SAFE_INTEGER];

/** Lists the archive as it comes back out of the pack, with the stock tool. Listing reads no data, so the head is enough. */
async function listArchive(work: RunWork, facts: BackupFacts): Promise<{ check: CheckOutcome; failure: Reason | null; listing: string }> {
  const { reporter, signal } = work;
  const path = join(work.engineContext.workDir, "verify.dump");
  await reporter.setStep("archive-list", { state: "running" });
  try {
    const listing = await listHead(work, knownBackup(facts), path);
    await reporter.setStep("archive-list", { state: "done", facts: { lines: listing.split("\n").length } });
    return { check: listingOutcome("passed", "listed"), failure: null, listing };
  } catch (error) {
    signal.throwIfAborted();
    const failure = reasonOf(error);
    // A worker without room or tools says nothing about the backup.
    const skipped = failure.code === "no-space" || failure.code === "tool-missing";
    reporter.log("warning", `the archive was not listed: ${failure.code}`);
    await reporter.setStep("archive-list", { state: skipped ? "skipped" : "failed", error: failure });
    return { check: listingOutcome(skipped ? "skipped" : "failed", failure.code), failure: skipped ? null : failure, listing: "" };
  } finally {
    await rm(path, { force: true });
  }
}

async function listHead(work: RunWork, known: KnownBackup, path: string): Promise<string> {
  const { deps, signal, engineContext } = work;
  for (const maxBytes of headBytes) {
    await rm(path, { force: true });
    await deps.repository.spoolHead(known, path, maxBytes, signal);
    try {
      return await deps.engine.listArchive(path, engineContext);
    } catch (error) {
      if (reasonOf(error).code !== "tool-failed" || maxBytes >= known.stream.bytes) throw error;
    }
  }
  return "";
}

function listingOutcome(verdict: CheckOutcome["verdict"], actual: string): CheckOutcome {
  return { code: "archive-listing", verdict, expected: "listed", actual };
}

/** Keeps what a look found: as history, on the copy, in the audit log. */
export async function recordVerdict(
  tx: Transaction,
  work: RunWork,
  facts: BackupFacts,
  verdict: VerifyVerdict,
  durationMs: number,
): Promise<void> {
  const { deps, run } = work;
  const backupId = facts.backup.id;
  const passed = verdict.failure === null;
  await tx.insert(validations).values({
    id: makeId("validation", deps.context.newUuid()),
    backupId,
    destinationId: deps.destination.id,
    runId: run.id,
    level: "verified",
    verdict: passed ? "passed" : "failed",
    checks: verdict.checks,
    at: deps.context.now(),
    durationMs,
  });
  const state =
    passed || verdict.failure?.code === "sidecar-untrusted" ? "stored" : verdict.failure?.code === "pack-missing" ? "missing" : "damaged";
  await tx
    .update(copies)
    .set(
      passed
        ? { state, verifiedAt: databaseNow, failedAt: null, failure: null }
        : { state, failedAt: databaseNow, failure: verdict.failure },
    )
    .where(and(eq(copies.backupId, backupId), eq(copies.destinationId, deps.destination.id)));
  if (verdict.listing !== "") await tx.update(backups).set({ listing: verdict.listing }).where(eq(backups.id, backupId));
  await recordAudit(tx, actAs(deps, run), {
    action: passed ? "backup.verified" : "backup.verify-failed",
    targetType: "backup",
    targetId: backupId,
    targetName: facts.backup.fileName,
    after: { runId: run.id, failure: verdict.failure?.code ?? null },
  });
}
