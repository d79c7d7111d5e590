import type { Database } from "#lib/db/client";
import { drillChecks } from "#lib/db/schema/drill-checks";
import { drills } from "#lib/db/schema/drills";
import type { CheckType } from "#lib/domain/drill-checks";
import type { ReportInput } from "#lib/services/reports/write";
import { newId } from "./catalogue-rows.ts";

/** A drill that passed and is closed, as its executors would have left it: rows alone, nothing was restored. */
export async function insertDrill(db: Database, sourceId: string, change: Partial<typeof drills.$inferInsert> = {}): Promise<string> {
  const id = newId("drill");
  const startedAt = change.startedAt ?? new Date("2026-11-22T10:00:00.000Z");
  const after = (seconds: number) => new Date(startedAt.getTime() + seconds * 1000);
  await db.insert(drills).values({
    id,
    sourceId,
    planId: newId("drillPlan"),
    state: "closed",
    trigger: "manual",
    operatorId: null,
    operatorName: "Núria Ibáñez",
    wantedTarget: { type: "automatic" },
    playbookVersion: 1,
    playbook: "",
    recoveryTimeSeconds: 900,
    clockStartedAt: after(60),
    clockStoppedAt: after(300),
    machineMs: 55_000,
    verdict: "passed",
    proven: (change.verdict ?? "passed") !== "failed",
    startedAt,
    closedAt: after(600),
    ...change,
  });
  return id;
}

/** A check of a drill, passed unless told otherwise. */
export async function insertDrillCheck(
  db: Database,
  drillId: string,
  check: { key: string; ordinal: number; type?: CheckType } & Partial<typeof drillChecks.$inferInsert>,
): Promise<void> {
  const { key, ordinal, type = "manual" } = check;
  const definition = { key, name: key, mandatory: true, type: "manual", question: "?", hint: "" } as const;
  await db.insert(drillChecks).values({
    drillId,
    name: key,
    mandatory: true,
    definition,
    state: "passed",
    expected: "42",
    actual: "42",
    startedAt: new Date("2026-11-22T10:02:00.000Z"),
    durationMs: 120,
    ...check,
    key,
    ordinal,
    type,
  });
}

/** What the closing of such a drill tells its report. */
export function closingOf(drillId: string, change: Partial<ReportInput> = {}): ReportInput {
  return {
    drillId,
    closedAt: new Date("2026-11-22T10:10:00.000Z"),
    verdict: "passed",
    findings: [],
    improvement: "",
    signOff: { name: "Núria Ibáñez", at: "2026-11-22T10:09:00.000Z", userId: null },
    cleanUp: { at: "2026-11-22T10:09:30.000Z", databases: 0, processes: 0, folders: 0, files: 0, detail: "" },
    nextDueAt: "2026-12-22T10:00:00.000Z",
    incidentId: null,
    clock: {
      startedAt: "2026-11-22T10:01:00.000Z",
      stoppedAt: "2026-11-22T10:05:00.000Z",
      elapsedMs: 240_000,
      machineMs: 55_000,
      pausedMs: 0,
      recoveryTimeSeconds: 900,
      recoveryPointSeconds: null,
      actualRecoveryPointSeconds: null,
    },
    ...change,
  };
}
