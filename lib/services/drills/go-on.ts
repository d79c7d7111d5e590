import type { Transaction } from "#lib/db/client";
import { isManualCheck } from "#lib/domain/drill-checks";
import type { Reason } from "#lib/domain/error";
import type { ServiceContext } from "../context.ts";
import { systemActor } from "../context.ts";
import { openIncidentBySystem } from "../incidents/open-by-system.ts";
import { activeRuns, changeDrill } from "./change.ts";
import { loadChecks, resetRunning } from "./checks/rows.ts";
import { judgementOf } from "./detail.ts";
import { beginAbort, beginChecks, beginClose, beginRestore } from "./phases.ts";
import type { DrillRow } from "./rows.ts";

/**
 * What follows by itself when a phase of a drill has ended, or a pause: checks after every restore, everything in an unattended drill. Does nothing
 * while the drill is paused or one of its runs is at work. For a drill that is held; the caller wakes a worker.
 */
export async function goOn(tx: Transaction, context: ServiceContext, drill: DrillRow): Promise<DrillRow> {
  if (drill.pausedAt !== null || (await activeRuns(tx, drill.id)).length > 0) return drill;
  switch (drill.state) {
    case "prepared":
      return drill.unattended ? restoreOrGiveUp(tx, context, drill) : drill;
    case "restore-failed":
      return drill.unattended ? closeItself(tx, context, drill) : drill;
    case "validating":
      return validate(tx, context, drill);
    case "preparing":
    case "restoring":
    case "closing":
    case "aborting":
    case "closed":
    case "aborted":
      return drill;
  }
}

/** A drill that nobody attends and that cannot begin is not left lying about: it ends, and an incident says why. */
async function restoreOrGiveUp(tx: Transaction, context: ServiceContext, drill: DrillRow): Promise<DrillRow> {
  const blocker = blockerOf(drill);
  if (blocker === null) return beginRestore(tx, context, drill);
  const incident = await openIncidentBySystem(tx, context, {
    kind: "drill-failed",
    sourceId: drill.sourceId,
    drillId: drill.id,
    runIds: [],
    title: `An unattended drill could not begin: ${blocker.code}`,
    severity: "high",
  });
  const marked = await changeDrill(tx, context, drill, { set: { problem: blocker, incidentId: incident.id } });
  return beginAbort(tx, context, marked, { code: "aborting", params: { reason: blocker.code } });
}

/** The first thing that would make a drill fail or meaningless; null when nothing does. */
export function blockerOf({ preflight, problem }: Pick<DrillRow, "preflight" | "problem">): Reason | null {
  if (preflight === null) return problem ?? { code: "drill-blocked", params: { code: "backup" } };
  const first = preflight.items.find(({ state }) => state === "blocked");
  if (first === undefined) return null;
  return first.reason === null
    ? { code: "drill-blocked", params: { code: first.code } }
    : { code: first.reason.code, params: first.reason.params };
}

async function validate(tx: Transaction, context: ServiceContext, drill: DrillRow): Promise<DrillRow> {
  // Whatever was at them is over.
  await resetRunning(tx, drill.id);
  const checks = await loadChecks(tx, drill.id);
  const waiting = checks.filter(({ state }) => state === "pending");
  // The recovery time is judged with the last of the others, by whoever decides that.
  const isLeft = waiting.some(({ type }) => !isManualCheck(type) && type !== "recovery-time");
  const isStopped = drill.problem !== null && drill.problem.code !== "answers-needed";
  if (isLeft && !isStopped) return beginChecks(tx, context, drill, { onlyPending: true });
  if (!drill.unattended) return drill;
  const unanswered = waiting.filter(({ type, mandatory }) => isManualCheck(type) && mandatory).length;
  if (unanswered === 0 || isStopped) return closeItself(tx, context, drill);
  return changeDrill(tx, context, drill, { set: { problem: { code: "answers-needed", params: { count: unanswered } } } });
}

/** What nobody attends is signed by nobody but Lifeboat, and gets the verdict that its checks allow. */
async function closeItself(tx: Transaction, context: ServiceContext, drill: DrillRow): Promise<DrillRow> {
  const judgement = judgementOf(drill, await loadChecks(tx, drill.id));
  return beginClose(tx, context, drill, {
    verdict: judgement?.best ?? "failed",
    findings: drill.findings,
    improvement: drill.improvement,
    signOff: { name: systemActor.name, at: context.now().toISOString(), userId: null },
  });
}
