import { eq } from "drizzle-orm";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { type Reason, reasonOf } from "#lib/domain/error";
import type { CheckOutcome } from "#lib/repository/port";
import { isForeignArchive } from "../restores/foreign-archive.ts";
import { finishRun } from "../runs/finish.ts";
import { assertLease } from "../runs/lease.ts";
import type { RunWork } from "../runs/work.ts";
import { checkDatabaseFile } from "./check-database-file.ts";
import { type BackupFacts, knownBackup } from "./facts.ts";
import { holdAvailable } from "./hold-available.ts";
import { writeVerdict } from "./write-verdict.ts";

/** What a verification found; `failure` is what the run fails with, null when everything passed. */
export type VerifyVerdict = { readonly checks: CheckOutcome[]; readonly failure: Reason | null; readonly listing: string };

/**
 * Verifies a backup's copy: sidecar, pack checksum, every frame, root and flat hash, and the archive's listing. What it finds is
 * kept as history and on the copy; damage also fails the run, so that nobody has to look for it.
 */
export async function executeVerify(work: RunWork): Promise<void> {
  const { db, run, reporter, lease, signal } = work;
  const startedMs = performance.now();
  const facts = await reporter.step("prepare", () => holdAvailable(work, run.backupId ?? ""));
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
  const { deps, reporter } = work;
  await reporter.setStep("check-pack", { state: "running" });
  const sidecar = await deps.repository.checkSidecar(facts);
  await reporter.setStep("check-pack", { state: sidecar.verdict === "passed" ? "done" : "failed", facts: { sidecar: sidecar.actual } });
  reporter.restart({ bytesTotal: facts.stream.bytes });
  await reporter.setStep("decode", { state: "running" });
  const found = await decode(work, facts);
  await reporter.setStep("decode", {
    state: found.failure === null ? "done" : "failed",
    facts: { bytes: facts.stream.bytes, segments: facts.stream.segments },
    error: found.failure,
  });
  const checks = [sidecar, ...found.checks];
  if (found.failure !== null) {
    const listing = facts.backup.extension === "dump" ? [listingOutcome("skipped", "")] : [];
    return { checks: [...checks, ...listing], failure: found.failure, listing: "" };
  }
  const listed = await checkContent(work, facts);
  const untrusted: Reason | null = sidecar.verdict === "failed" ? { code: "sidecar-untrusted", params: { key: facts.pack.key } } : null;
  return { checks: [...checks, ...listed.checks], failure: untrusted ?? listed.failure, listing: listed.listing };
}

/** A needed backup that the catalogue does not know is a finding, too: nothing can be decoded then. */
async function decode({ deps, reporter, signal }: RunWork, facts: BackupFacts) {
  try {
    return await deps.repository.verify(knownBackup(facts), signal, (bytesDone) => reporter.progress({ bytesDone }));
  } catch (error) {
    const failure = reasonOf(error);
    if (failure.code !== "chain-broken") throw error;
    const frames: CheckOutcome = { code: "frames", verdict: "failed", expected: "index", actual: failure.code };
    return { checks: [frames], failure };
  }
}

type ContentVerdict = { readonly checks: CheckOutcome[]; readonly failure: Reason | null; readonly listing: string };

/** What only the stream's own tools can say, by what the stream is. */
async function checkContent(work: RunWork, facts: BackupFacts): Promise<ContentVerdict> {
  switch (facts.backup.extension) {
    case "dump":
      return listArchive(work, facts);
    case "db":
      return checkDatabaseFile(work, facts);
    case "tar":
      await work.reporter.setStep("archive-list", { state: "skipped" });
      return { checks: [], failure: null, listing: "" };
    default:
      return facts.backup.extension satisfies never;
  }
}

/** The table of contents stands first; most are far smaller than this. */
const headBytes = [4 * 1024 * 1024, 64 * 1024 * 1024, Number.MAX_SAFE_INTEGER];

/** Lists the archive as it comes back out of the pack, with the stock tool. Listing reads no data, so the head is enough. */
async function listArchive(work: RunWork, facts: BackupFacts): Promise<ContentVerdict> {
  const { reporter, signal } = work;
  const path = join(work.engineContext.workDir, "verify.dump");
  await reporter.setStep("archive-list", { state: "running" });
  try {
    const listing = await listHead(work, facts, path);
    await reporter.setStep("archive-list", { state: "done", facts: { lines: listing.split("\n").length } });
    return { checks: [listingOutcome("passed", "listed")], failure: null, listing };
  } catch (error) {
    signal.throwIfAborted();
    const failure = reasonOf(error);
    // A worker without room or tools says nothing about the backup.
    const skipped = ["no-space", "tool-missing", "tool-below-safe-minimum"].includes(failure.code);
    reporter.log("warning", `the archive was not listed: ${failure.code}`);
    await reporter.setStep("archive-list", { state: skipped ? "skipped" : "failed", error: failure });
    const check = listingOutcome(skipped ? "skipped" : "failed", failure.code);
    return { checks: [check], failure: skipped ? null : failure, listing: "" };
  } finally {
    await rm(path, { force: true });
  }
}

async function listHead(work: RunWork, facts: BackupFacts, path: string): Promise<string> {
  const { deps, signal, engineContext } = work;
  const known = knownBackup(facts);
  // What others made is opened by a client without known holes alone.
  const lister = isForeignArchive(facts.backup) ? deps.imports : deps.engine;
  for (const maxBytes of headBytes) {
    await rm(path, { force: true });
    await deps.repository.spoolHead(known, path, maxBytes, signal);
    try {
      return await lister.listArchive(path, engineContext);
    } catch (error) {
      if (reasonOf(error).code !== "tool-failed" || maxBytes >= known.stream.bytes) throw error;
    }
  }
  return "";
}

function listingOutcome(verdict: CheckOutcome["verdict"], actual: string): CheckOutcome {
  return { code: "archive-listing", verdict, expected: "listed", actual };
}

/** Keeps what a look at one backup found, and the listing that it made. */
export async function recordVerdict(
  tx: Transaction,
  work: RunWork,
  { backup, pack }: BackupFacts,
  { checks, failure, listing }: VerifyVerdict,
  durationMs: number,
): Promise<void> {
  await writeVerdict(tx, work, { backup, packKey: pack.key, checks, failure, durationMs });
  if (listing !== "") await tx.update(backups).set({ listing }).where(eq(backups.id, backup.id));
}
