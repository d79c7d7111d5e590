import { and, eq } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { drillPlans } from "#lib/db/schema/drill-plans";
import { drills } from "#lib/db/schema/drills";
import { runs } from "#lib/db/schema/runs";
import { sources } from "#lib/db/schema/sources";
import { validations } from "#lib/db/schema/validations";
import { nextDueAfter, nextDueAfterFailure } from "#lib/domain/drill-due";
import { isProven } from "#lib/domain/drill-verdict";
import { LifeboatError } from "#lib/domain/error";
import { makeId } from "#lib/domain/ids";
import { recordAudit } from "../audit/record.ts";
import type { ServiceContext } from "../context.ts";
import { openIncidentBySystem } from "../incidents/open-by-system.ts";
import { writeReport } from "../reports/write.ts";
import { finishRun } from "../runs/finish.ts";
import { assertLease } from "../runs/lease.ts";
import { actAs, type RunWork } from "../runs/work.ts";
import { changeDrill } from "./change.ts";
import { loadChecks } from "./checks/rows.ts";
import { clockOf } from "./clock.ts";
import { liesHere, type Removed, removeCopy } from "./remove-copy.ts";
import { type DrillRow, getDrillOrThrow, lockDrill } from "./rows.ts";
import { isLostCode, settlingFailure } from "./settle-run.ts";

/** So many clean-ups may fail before the drill is closed without a proof: a server that is gone for good must not hold it for ever. */
const cleanUpTries = 3;

/**
 * Ends a drill: removes its copy, looks that nothing is left, and then, in one transaction, writes the report, the proof, the next due date and, for
 * a drill that failed, an incident. An aborted one gets none of them. Done again after a crash it goes on where it was.
 */
export async function executeDrillClose(work: RunWork): Promise<void> {
  await settlingFailure(work, () => close(work));
}

async function close(work: RunWork): Promise<void> {
  const { db, deps, run, lease, reporter } = work;
  const drill = await getDrillOrThrow(db, run.subject);
  if (drill.state !== "closing" && drill.state !== "aborting") throw new LifeboatError("drill-state", { state: drill.state });
  const how = { isHere: await liesHere(deps, drill), tolerant: (await failedCleanUps(db, drill.id)) >= cleanUpTries };
  await reporter.step("remove-copy", () => removeCopy(work, drill, how));
  // Once more, as somebody who only looks.
  const left = await reporter.step(
    "prove-removed",
    () => prove(work, drill, how),
    (found) => countsOf(found),
  );
  const isAborted = drill.state === "aborting";
  await reporter.setStep("write-report", { state: isAborted ? "skipped" : "running" });
  await reporter.flush();
  const context = actAs(deps, run);
  await db.transaction(async (tx) => {
    const held = await lockDrill(tx, drill.id);
    await assertLease(tx, lease);
    const now = context.now();
    const cleanUp = { at: now.toISOString(), ...countsOf(left), detail: left.detail };
    const hasTarget = sumOf(left) > 0;
    // The sweep goes on looking for what may be left, and needs to know how to tell it.
    const set: Ended = { cleanUp, closedAt: now, hasTarget, sealedAccess: hasTarget ? held.sealedAccess : null };
    if (held.state === "aborting") await abort(tx, context, held, set);
    else await closeWithReport(tx, context, held, set);
    await finishRun(tx, lease, { state: "succeeded" });
  });
}

function countsOf({ databases, processes, folders, files }: Removed) {
  return { databases, processes, folders, files };
}

const sumOf = ({ databases, processes, folders, files }: Removed) => databases + processes + folders + files;

type How = { readonly isHere: boolean; readonly tolerant: boolean };

/** Throws when something is left that may still go: the clean-up is then tried again. In the end the truth is what it is. */
async function prove(work: RunWork, drill: DrillRow, how: How): Promise<Removed> {
  const left = await removeCopy(work, drill, how);
  if (sumOf(left) === 0 || how.tolerant) return left;
  const isOnlyFinal = left.isFinal && left.processes + left.folders + left.files === 0;
  if (!isOnlyFinal) throw new LifeboatError("sandbox-unavailable", { detail: `something is left of it: ${left.detail}` });
  return left;
}

/** Clean-ups that came to their end without a proof; those that were lost with their worker are none. */
async function failedCleanUps(db: Database, drillId: string): Promise<number> {
  const failed = await db
    .select({ error: runs.error })
    .from(runs)
    .where(and(eq(runs.drillId, drillId), eq(runs.type, "drill-close"), eq(runs.state, "failed")));
  return failed.filter(({ error }) => error !== null && !isLostCode(error.code)).length;
}

type Ended = {
  readonly cleanUp: NonNullable<DrillRow["cleanUp"]>;
  readonly closedAt: Date;
  readonly hasTarget: boolean;
  readonly sealedAccess: string | null;
};

async function abort(tx: Transaction, context: ServiceContext, drill: DrillRow, set: Ended): Promise<void> {
  await changeDrill(tx, context, drill, { to: "aborted", set, told: [{ code: "aborted" }] });
  await audit(tx, context, drill, "drill.aborted", {});
}

async function closeWithReport(tx: Transaction, context: ServiceContext, drill: DrillRow, set: Ended): Promise<void> {
  const { signOff } = drill;
  if (drill.verdict === null || signOff === null) throw new Error("a drill is closed with a verdict that somebody signed");
  // What may be left of a copy is something that was found, whoever signed before it was.
  const verdict = set.hasTarget && drill.verdict === "passed" ? "passed-with-findings" : drill.verdict;
  const findings = set.hasTarget
    ? [...drill.findings, { text: `The copy is not proven to be gone: ${set.cleanUp.detail}`, action: "Look for it there and remove it." }]
    : drill.findings;
  const isFailed = verdict === "failed";
  const incidentId = isFailed ? await openIncident(tx, context, drill) : null;
  const nextDueAt = await moveDueDate(tx, drill, isFailed, set.closedAt);
  const checks = await loadChecks(tx, drill.id);
  const proven = isProven(drill.verdict, checks);
  await proveBackup(tx, context, drill, { checks, proven, at: set.closedAt });
  const closed = await changeDrill(tx, context, drill, {
    to: "closed",
    set: { ...set, verdict, proven, findings, problem: isFailed ? drill.problem : null, incidentId, nextDueAt },
    told: [{ code: "closed", params: { verdict } }],
  });
  await audit(tx, context, closed, "drill.closed", { verdict, signedBy: signOff.name, incidentId });
  // As late as possible: reports are written one at a time.
  const { reportId } = await writeReport(tx, context, {
    drillId: drill.id,
    verdict,
    findings: closed.findings,
    improvement: closed.improvement,
    signOff,
    cleanUp: set.cleanUp,
    nextDueAt: nextDueAt?.toISOString() ?? null,
    incidentId,
    clock: clockOf(closed, set.closedAt),
    closedAt: set.closedAt,
  });
  await tx.update(drills).set({ reportId }).where(eq(drills.id, drill.id));
}

async function openIncident(tx: Transaction, context: ServiceContext, drill: DrillRow): Promise<string> {
  const [source] = await tx
    .select({ name: sources.name, environment: sources.environment })
    .from(sources)
    .where(eq(sources.id, drill.sourceId));
  const ran = await tx.select({ id: runs.id }).from(runs).where(eq(runs.drillId, drill.id)).orderBy(runs.queuedAt, runs.id);
  const { id } = await openIncidentBySystem(tx, context, {
    kind: "drill-failed",
    sourceId: drill.sourceId,
    drillId: drill.id,
    runIds: ran.map((run) => run.id),
    title: `A drill of ${source?.name ?? drill.sourceId} failed`,
    severity: source?.environment === "production" ? "critical" : "high",
  });
  return id;
}

async function moveDueDate(tx: Transaction, drill: DrillRow, isFailed: boolean, now: Date): Promise<Date | null> {
  const [plan] = await tx.select().from(drillPlans).where(eq(drillPlans.id, drill.planId)).for("update");
  if (plan === undefined) return null;
  const nextDueAt = (isFailed ? nextDueAfterFailure : nextDueAfter)(plan.cadence, plan.nextDueAt, now);
  await tx.update(drillPlans).set({ nextDueAt, triedAt: null }).where(eq(drillPlans.id, plan.id));
  return nextDueAt;
}

/** The backup's third step. It may have been deleted meanwhile; the drill's row keeps what it was. */
async function proveBackup(
  tx: Transaction,
  context: ServiceContext,
  drill: DrillRow,
  { checks, proven, at }: { checks: Awaited<ReturnType<typeof loadChecks>>; proven: boolean; at: Date },
): Promise<void> {
  const [backup] = await tx
    .select({ id: backups.id })
    .from(backups)
    .where(eq(backups.id, drill.backupId ?? ""))
    .for("key share");
  if (backup === undefined) return;
  await tx.insert(validations).values({
    id: makeId("validation", context.newUuid()),
    backupId: backup.id,
    runId: null,
    level: "proven",
    verdict: proven ? "passed" : "failed",
    checks: checks.map(({ key, state, expected, actual }) => ({
      code: key,
      verdict: state === "passed" || state === "failed" ? state : "skipped",
      expected,
      actual,
    })),
    at,
    durationMs: Math.min(drill.machineMs, 2 ** 31 - 1),
  });
}

async function audit(
  tx: Transaction,
  context: ServiceContext,
  drill: DrillRow,
  action: string,
  after: Record<string, string | null>,
): Promise<void> {
  const targetName = drill.backup?.fileName ?? drill.id;
  await recordAudit(tx, context, { action, targetType: "drill", targetId: drill.id, targetName, after });
}
