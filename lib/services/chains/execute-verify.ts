import { and, asc, eq } from "drizzle-orm";
import { describeReason } from "#lib/contracts/describe-reason";
import { backups } from "#lib/db/schema/backups";
import { LifeboatError, type Reason } from "#lib/domain/error";
import type { ChainVerdict, CheckOutcome, KnownBackup } from "#lib/repository/port";
import { recordAudit } from "../audit/record.ts";
import { knownBackup, loadBackupFacts } from "../backups/facts.ts";
import { type Verdict, writeVerdict } from "../backups/write-verdict.ts";
import { finishRun } from "../runs/finish.ts";
import { assertLease } from "../runs/lease.ts";
import { actAs, type RunWork } from "../runs/work.ts";
import { waitForChain } from "./lock.ts";

type Member = {
  readonly backup: { readonly id: string; readonly fileName: string };
  readonly known: KnownBackup;
  readonly sidecar: CheckOutcome;
};

/** What the run leaves for whoever asks later: of which backups the stream can be had. */
export type ChainOutput = { readonly restorable: readonly string[]; readonly broken: readonly string[] };

/**
 * Verifies a whole chain: every pack read once, every segment decoded once, every member's root compared. What is found is kept with each
 * member, and the log says what can still be restored. Damage fails the run, so that nobody has to look for it.
 */
export async function executeVerifyChain(work: RunWork): Promise<void> {
  const { deps, run, reporter, signal } = work;
  const startedMs = performance.now();
  const members = await reporter.step(
    "prepare",
    () => openMembers(work),
    (found) => ({ members: found.length }),
  );
  reporter.restart({ bytesTotal: packBytes(members) });
  await reporter.setStep("check-chain", { state: "running" });
  const found = await deps.repository.verifyChain(
    members.map((member) => member.known),
    signal,
    (bytesDone) => reporter.progress({ bytesDone }),
  );
  signal.throwIfAborted();
  const verdicts = judge(members, found, performance.now() - startedMs);
  report(work, found, verdicts);
  const failed = verdicts.filter((verdict) => verdict.failure !== null);
  const failure = failed[0]?.failure ?? null;
  await reporter.setStep("check-chain", {
    state: failure === null ? "done" : "failed",
    error: failure,
    facts: {
      members: verdicts.length,
      restorable: verdicts.filter(isRestorable).length,
      packs: found.packs.length,
      damagedPacks: found.packs.filter((pack) => pack.failure !== null).length,
    },
  });
  await reporter.flush();
  await work.db.transaction(async (tx) => {
    await assertLease(tx, work.lease);
    // Those that passed come last: theirs is the later time, and what was found of the packs that they need is older.
    for (const verdict of [...failed, ...verdicts.filter((each) => each.failure === null)]) await writeVerdict(tx, work, verdict);
    await recordAudit(tx, actAs(deps, run), {
      action: failure === null ? "chain.verified" : "chain.verify-failed",
      targetType: "chain",
      targetId: run.subject,
      after: { runId: run.id, members: verdicts.length, failed: failed.length },
    });
    const output: ChainOutput = {
      restorable: verdicts.filter(isRestorable).map(({ backup }) => backup.id),
      broken: verdicts.filter((verdict) => !isRestorable(verdict)).map(({ backup }) => backup.id),
    };
    await finishRun(tx, work.lease, { state: failure === null ? "succeeded" : "failed", error: failure, output: { ...output } });
  });
}

/** A sidecar that cannot be trusted is a failure, but the stream can be had. */
function isRestorable({ failure }: Verdict): boolean {
  return failure === null || failure.code === "sidecar-untrusted";
}

async function openMembers(work: RunWork): Promise<Member[]> {
  const { db, deps, run, signal } = work;
  const chainId = run.subject;
  await deps.prepareDestination();
  const held = await waitForChain(db, { chainId, holder: run.id, mode: "shared", leaseMs: deps.leaseMs }, signal, Infinity);
  if (!held) throw new LifeboatError("not-found", { entity: "chain", id: chainId });
  const rows = await db
    .select({ id: backups.id })
    .from(backups)
    .where(and(eq(backups.chainId, chainId), eq(backups.state, "available")))
    .orderBy(asc(backups.snapshotAt), asc(backups.id));
  if (rows.length === 0) throw new LifeboatError("not-found", { entity: "chain", id: chainId });
  const members: Member[] = [];
  for (const { id } of rows) {
    signal.throwIfAborted();
    const facts = await loadBackupFacts(db, id);
    const { id: backupId, fileName } = facts.backup;
    // What the catalogue does not know cannot be named to the repository: it finds that out by the index and says which pack is missing.
    const known = knownBackup({ ...facts, needs: facts.needs.filter((need) => need.pack !== null) });
    members.push({ backup: { id: backupId, fileName }, known, sidecar: await deps.repository.checkSidecar(facts) });
  }
  return members;
}

function packBytes(members: readonly Member[]): number {
  const sizes = new Map(members.flatMap(({ known }) => [known.pack, ...known.needs]).map((pack) => [pack.packId, pack.storedBytes]));
  return [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
}

function judge(members: readonly Member[], found: ChainVerdict, durationMs: number): Verdict[] {
  const verdictOf = new Map(found.members.map((verdict) => [verdict.backupId, verdict]));
  return members.map(({ backup, known, sidecar }) => {
    const { checks, failure } = verdictOf.get(backup.id) ?? { checks: [], failure: null };
    const untrusted: Reason | null = sidecar.verdict === "failed" ? { code: "sidecar-untrusted", params: { key: known.pack.key } } : null;
    return { backup, packKey: known.pack.key, checks: [sidecar, ...checks], failure: failure ?? untrusted, durationMs };
  });
}

/** A line for each pack, then one for each member: what can still be restored is what somebody wants to read here. */
function report({ reporter }: RunWork, found: ChainVerdict, verdicts: readonly Verdict[]): void {
  for (const { key, failure, damagedSegments } of found.packs) {
    if (failure === null) reporter.log("info", `${key}: whole`);
    else
      reporter.log(
        "error",
        `${key}: ${describeReason(failure).message}${damagedSegments > 0 ? `; ${damagedSegments} segments are damaged` : ""}`,
      );
  }
  for (const verdict of verdicts) {
    const { fileName } = verdict.backup;
    if (verdict.failure === null) reporter.log("info", `${fileName}: can be restored`);
    else {
      const { message } = describeReason(verdict.failure);
      reporter.log("error", `${fileName}: ${isRestorable(verdict) ? "can be restored, but" : "cannot be restored:"} ${message}`);
    }
  }
}
