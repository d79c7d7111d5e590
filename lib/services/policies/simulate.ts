import { and, desc, eq, inArray, isNull } from "drizzle-orm";
import { setImmediate as breathe } from "node:timers/promises";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/policies";
import { startsBetween } from "#lib/cron/starts";
import type { Database } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { retentionPolicies } from "#lib/db/schema/retention-policies";
import { schedules } from "#lib/db/schema/schedules";
import { sources } from "#lib/db/schema/sources";
import { type BackupKind, backupKinds } from "#lib/domain/backup-state";
import { LifeboatError } from "#lib/domain/error";
import type { RetentionDecision } from "#lib/domain/retention";
import { isPlanned, type PlannedBackup, simulate, type SimulatedDay } from "#lib/domain/retention-simulate";
import type { RetentionRule } from "#lib/domain/retention-rule";
import { isBackupTask } from "#lib/domain/schedule-task";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { readOr } from "../schedules/unreadable.ts";
import { evaluate } from "./evaluate.ts";
import { findPolicyOf } from "./load.ts";
import { loadCandidates } from "./load-candidates.ts";

type Input = EndpointInput<typeof contract.simulateRetention>;
type Rule = { readonly name: string | null; readonly rule: RetentionRule | null; readonly graceDays: number };

const dayMs = 86_400_000;
/** Usual sizes are the mean of so many newest backups of a kind. */
const sampled = 10;
/** Backups to come are planned up to here: a schedule of every minute for two years is nobody's. */
const mostPlanned = 5_000;

/**
 * What a policy would do today and later, why each stays, and how space develops; nothing is changed. Throws `not-found` for the source or the
 * policy.
 */
export async function simulateRetention(context: ServiceContext, input: Input): Promise<EndpointOutput<typeof contract.simulateRetention>> {
  authorise(context, "policies:read");
  const { db } = context;
  const { id } = input.params;
  const { day, days } = input.body;
  const [source] = await db
    .select({ id: sources.id })
    .from(sources)
    .where(and(eq(sources.id, id), isNull(sources.removedAt)));
  if (source === undefined) throw new LifeboatError("not-found", { entity: "source", id });
  const now = context.now();
  const { name, rule, graceDays } = await chosenRule(db, input);
  const { candidates, needs } = await loadCandidates(db, id);
  const sizes = await usualSizes(db, id);
  const { planned, plannedUntil, verifies } = await plan(db, id, { now, days: Math.max(day, days), sizeOf: sizes.sizeOf });
  const series: EndpointOutput<typeof contract.simulateRetention>["series"] = [];
  let asked: SimulatedDay | null = null;
  let pausedMs = performance.now();
  for (const simulated of simulate({ candidates, needs, rule, now, planned, verifies, graceDays })) {
    if (simulated.day === day) asked = simulated;
    if (simulated.day <= days) {
      const { backups: kept, storedBytes, trashed } = simulated;
      series.push({ day: simulated.at.toISOString().slice(0, 10), backups: kept, storedBytes, trashed });
    }
    if (simulated.day >= Math.max(day, days)) break;
    // Two years of a large source take a second: whoever else asks this process meanwhile must not wait for it.
    if (performance.now() - pausedMs > 10) {
      await breathe();
      pausedMs = performance.now();
    }
  }
  if (asked === null) throw new Error("the simulation ended before its day");
  // Of today it is known what is in use.
  const today = day === 0 && rule !== null ? await db.transaction((tx) => evaluate(tx, { sourceId: id, rule, now, runId: "" })) : null;
  return {
    policyName: name,
    at: asked.at.toISOString(),
    decisions: toDecisions(today?.decisions ?? asked.decisions, asked.candidates),
    series,
    basedOn: sizes.basedOn,
    plannedUntil: plannedUntil?.toISOString() ?? null,
  };
}

async function chosenRule(db: Database, { params, body }: Input): Promise<Rule> {
  const own = await findPolicyOf(db, params.id);
  if (body.rule !== undefined) return { name: null, rule: body.rule, graceDays: own?.graceDays ?? 3 };
  if (body.policyId === undefined) return { name: own?.name ?? null, rule: own?.rule ?? null, graceDays: own?.graceDays ?? 3 };
  const [policy] = await db.select().from(retentionPolicies).where(eq(retentionPolicies.id, body.policyId));
  if (policy === undefined) throw new LifeboatError("not-found", { entity: "policy", id: body.policyId });
  return policy;
}

async function usualSizes(db: Database, sourceId: string): Promise<{ sizeOf: (kind: BackupKind) => number; basedOn: number }> {
  const means = new Map<BackupKind, number>();
  let basedOn = 0;
  for (const kind of backupKinds) {
    const rows = await db
      .select({ storedBytes: backups.storedBytes })
      .from(backups)
      .where(and(eq(backups.sourceId, sourceId), eq(backups.kind, kind), inArray(backups.state, ["available", "trashed"])))
      .orderBy(desc(backups.snapshotAt), desc(backups.id))
      .limit(sampled);
    if (rows.length === 0) continue;
    basedOn += rows.length;
    means.set(kind, Math.round(rows.reduce((sum, row) => sum + row.storedBytes, 0) / rows.length));
  }
  return { sizeOf: (kind) => means.get(kind) ?? 0, basedOn };
}

async function plan(
  db: Database,
  sourceId: string,
  { now, days, sizeOf }: { now: Date; days: number; sizeOf: (kind: BackupKind) => number },
): Promise<{ planned: PlannedBackup[]; plannedUntil: Date | null; verifies: boolean }> {
  const rows = await db
    .select()
    .from(schedules)
    .where(and(eq(schedules.sourceId, sourceId), eq(schedules.enabled, true)));
  const from = now.getTime();
  const planned: PlannedBackup[] = [];
  for (const { task, cron, timeZone } of rows) {
    if (!isBackupTask(task)) continue;
    // What this host cannot read it cannot plan; another host may.
    for (const at of readOr(() => startsBetween({ cron, timeZone }, from, from + days * dayMs, mostPlanned + 1), [])) {
      planned.push({ at: new Date(at), kind: task, storedBytes: sizeOf(task) });
    }
  }
  const ordered = planned.toSorted((one, other) => one.at.getTime() - other.at.getTime());
  const kept = ordered.slice(0, mostPlanned);
  const plannedUntil = ordered.length > mostPlanned ? (kept.at(-1)?.at ?? null) : null;
  return { planned: kept, plannedUntil, verifies: rows.some(({ task }) => task === "verify") };
}

/** Newest first, as the page shows them. */
function toDecisions(decisions: readonly RetentionDecision[], candidates: SimulatedDay["candidates"]): contract.RetentionDecisionDto[] {
  const candidateOf = new Map(candidates.map((each) => [each.id, each]));
  return decisions
    .flatMap((decision) => {
      const candidate = candidateOf.get(decision.id);
      if (candidate === undefined) return [];
      return {
        backupId: decision.id,
        exists: !isPlanned(decision.id),
        kind: candidate.kind,
        snapshotAt: candidate.snapshotAt.toISOString(),
        storedBytes: candidate.storedBytes,
        verdict: decision.verdict,
        reason: decision.reason,
        neededBy: decision.verdict === "keep" ? decision.neededBy : null,
      };
    })
    .toReversed();
}
