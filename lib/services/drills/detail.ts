import { and, asc, eq, inArray } from "drizzle-orm";
import { describeReason } from "#lib/contracts/describe-reason";
import type { DrillCheckDto, DrillDetailDto } from "#lib/contracts/drills";
import type { Database, Transaction } from "#lib/db/client";
import { runSteps } from "#lib/db/schema/run-steps";
import { runs } from "#lib/db/schema/runs";
import { judgeDrill } from "#lib/domain/drill-verdict";
import { isActive } from "#lib/domain/run-state";
import { withHiddenBody } from "../drill-plans/hidden-bodies.ts";
import { toRunStepDto } from "../runs/dto.ts";
import { drillRunTypes } from "./change.ts";
import { type CheckRow, loadChecks } from "./checks/rows.ts";
import { clockOf } from "./clock.ts";
import { toDrillDtos } from "./dto.ts";
import { type DrillRow, getDrillOrThrow } from "./rows.ts";

/** One drill with everything that its wizard shows, at `now`. Throws `not-found`. */
export async function loadDrillDetail(db: Database | Transaction, id: string, now: Date): Promise<DrillDetailDto> {
  const drill = await getDrillOrThrow(db, id);
  const [[listed], checks, ran] = await Promise.all([toDrillDtos(db, [drill], now), loadChecks(db, id), loadRuns(db, id)]);
  if (listed === undefined) throw new Error("a row has one DTO");
  const judgement = judgementOf(drill, checks);
  return {
    ...listed,
    backup: drill.backup,
    target: drill.target,
    preflight: drill.preflight,
    clock: clockOf(drill, now),
    checks: checks.map(toCheckDto),
    bestVerdict: judgement !== null && judgement.isComplete ? judgement.best : null,
    verdictReasons: (judgement?.reasons ?? []).map(describeReason),
    playbook: { version: drill.playbookVersion, text: drill.playbook },
    runs: ran,
    activeRunId: ran.find(({ state }) => isActive(state))?.id ?? null,
    events: drill.events,
    findings: drill.findings,
    improvement: drill.improvement,
    signOff: drill.signOff,
    cleanUp: drill.cleanUp,
    nextDueAt: drill.nextDueAt?.toISOString() ?? null,
  };
}

/** What the checks allow; null before there is anything to judge. */
export function judgementOf(drill: DrillRow, checks: readonly CheckRow[], findings = drill.findings.length) {
  if (drill.clockStartedAt === null || drill.state === "restoring") return null;
  const noCopy = { code: "restore-errors", params: { count: 1, first: "" } } as const;
  return judgeDrill({ restoreProblem: hasCopy(drill) ? null : (drill.problem ?? noCopy), checks, findings });
}

/** The last restore that began arrived, whatever became of its copy since. */
function hasCopy({ events }: Pick<DrillRow, "events">): boolean {
  const codes = events.map(({ code }) => code);
  return codes.lastIndexOf("restored") > codes.lastIndexOf("restore-started");
}

function toCheckDto(row: CheckRow): DrillCheckDto {
  return {
    key: row.key,
    ordinal: row.ordinal,
    type: row.type,
    name: row.name,
    mandatory: row.mandatory,
    definition: withHiddenBody(row.definition),
    state: row.state,
    expected: row.expected,
    actual: row.actual,
    reason: row.reason === null ? null : describeReason(row.reason),
    evidence: row.evidence,
    startedAt: row.startedAt?.toISOString() ?? null,
    durationMs: row.durationMs,
    decidedBy: row.decidedBy,
    note: row.note,
    attempts: row.attempts,
  };
}

async function loadRuns(db: Database | Transaction, drillId: string): Promise<DrillDetailDto["runs"]> {
  const rows = await db
    .select({ id: runs.id, type: runs.type, state: runs.state, startedAt: runs.startedAt, finishedAt: runs.finishedAt })
    .from(runs)
    .where(and(eq(runs.drillId, drillId), inArray(runs.type, [...drillRunTypes])))
    .orderBy(asc(runs.queuedAt), asc(runs.id));
  const steps = await db
    .select()
    .from(runSteps)
    .where(
      inArray(
        runSteps.runId,
        rows.map(({ id }) => id),
      ),
    )
    .orderBy(asc(runSteps.ordinal));
  const stepsOf = Map.groupBy(steps, ({ runId }) => runId);
  return rows.map(({ id, type, state, startedAt, finishedAt }) => ({
    id,
    type,
    state,
    startedAt: startedAt?.toISOString() ?? null,
    finishedAt: finishedAt?.toISOString() ?? null,
    steps: (stepsOf.get(id) ?? []).map(toRunStepDto),
  }));
}
