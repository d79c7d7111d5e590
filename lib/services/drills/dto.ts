import { sql } from "drizzle-orm";
import { describeReason } from "#lib/contracts/describe-reason";
import type { DrillDto } from "#lib/contracts/drills";
import type { Database, Transaction } from "#lib/db/client";
import { drillChecks } from "#lib/db/schema/drill-checks";
import { sources } from "#lib/db/schema/sources";
import { type DrillPhase, phaseOf } from "#lib/domain/drill-state";
import { oneOf } from "../one-of.ts";
import { clockOf } from "./clock.ts";
import type { DrillRow } from "./rows.ts";

/** Rows of a list as drills, at `now`, in two queries. */
export async function toDrillDtos(db: Database | Transaction, rows: readonly DrillRow[], now: Date): Promise<DrillDto[]> {
  if (rows.length === 0) return [];
  const [named, counted] = await Promise.all([
    db
      .select({ id: sources.id, name: sources.name, environment: sources.environment, engine: sources.engine })
      .from(sources)
      .where(
        oneOf(
          sources.id,
          rows.map(({ sourceId }) => sourceId),
        ),
      ),
    db
      .select({
        drillId: drillChecks.drillId,
        passed: sql<number>`(count(*) filter (where ${drillChecks.state} = 'passed'))::int`,
        failed: sql<number>`(count(*) filter (where ${drillChecks.state} = 'failed'))::int`,
        total: sql<number>`(count(*) filter (where ${drillChecks.state} <> 'not-applicable'))::int`,
      })
      .from(drillChecks)
      .where(
        oneOf(
          drillChecks.drillId,
          rows.map(({ id }) => id),
        ),
      )
      .groupBy(drillChecks.drillId),
  ]);
  const sourceOf = new Map(named.map((source) => [source.id, source]));
  const countsOf = new Map(counted.map((counts) => [counts.drillId, counts]));
  return rows.map((drill) => {
    const source = sourceOf.get(drill.sourceId);
    const counts = countsOf.get(drill.id);
    const clock = clockOf(drill, now);
    return {
      id: drill.id,
      sourceId: drill.sourceId,
      sourceName: source?.name ?? "",
      environment: source?.environment ?? "",
      engine: source?.engine ?? "postgres",
      state: drill.state,
      phase: phaseOf(drill.state) ?? phaseReached(drill),
      trigger: drill.trigger,
      unattended: drill.unattended,
      verdict: drill.verdict,
      backupId: drill.backupId,
      snapshotAt: drill.backup?.snapshotAt ?? null,
      operatorId: drill.operatorId,
      operatorName: drill.operatorName,
      pausedAt: drill.pausedAt?.toISOString() ?? null,
      problem: drill.problem === null ? null : describeReason(drill.problem),
      startedAt: drill.startedAt.toISOString(),
      closedAt: drill.closedAt?.toISOString() ?? null,
      recoveryMs: clock.stoppedAt === null ? null : clock.elapsedMs,
      recoveryTimeSeconds: drill.recoveryTimeSeconds,
      checksPassed: counts?.passed ?? 0,
      checksFailed: counts?.failed ?? 0,
      checksTotal: counts?.total ?? 0,
      reportId: drill.reportId,
      incidentId: drill.incidentId,
      version: drill.version,
    };
  });
}

/** Where an aborted drill had got to. */
function phaseReached({ events }: Pick<DrillRow, "events">): DrillPhase {
  const codes = new Set(events.map(({ code }) => code));
  if (codes.has("checks-started")) return "validate";
  return codes.has("restore-started") ? "restore" : "prepare";
}
