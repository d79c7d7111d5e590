import { and, asc, eq, inArray, sql } from "drizzle-orm";
import type { CheckDefinition } from "#lib/contracts/drill-checks";
import type { Database, Transaction } from "#lib/db/client";
import { drillChecks } from "#lib/db/schema/drill-checks";
import { applicableState, type KnownBefore } from "#lib/domain/drill-applicable";
import type { CheckType } from "#lib/domain/drill-checks";
import type { Judgement } from "#lib/domain/drill-judgement";
import { reasonOf } from "#lib/domain/error";
import { redactText } from "#lib/log/redact";
import { systemActor } from "../../context.ts";
import { databaseNow } from "../../runs/lease.ts";

export type CheckRow = typeof drillChecks.$inferSelect;

/** As a check is before it has run. */
const unjudged = {
  state: "pending",
  expected: "",
  actual: "",
  reason: null,
  evidence: "",
  startedAt: null,
  finishedAt: null,
  durationMs: null,
  decidedBy: null,
  note: "",
} as const;

/** A verdict that there is becomes the last of the earlier ones. */
const withAttempt = sql`case when ${drillChecks.state} in ('passed', 'failed') then ${drillChecks.attempts} || jsonb_build_array(jsonb_build_object(
  'state', ${drillChecks.state}, 'at', to_char(coalesce(${drillChecks.finishedAt}, clock_timestamp()) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
  'by', coalesce(${drillChecks.decidedBy}, ${systemActor.name}::text), 'actual', ${drillChecks.actual})) else ${drillChecks.attempts} end`;

/** Writes the checks of a drill whose backup and target are known; those of an earlier choice go. */
export async function writeChecks(tx: Transaction, drillId: string, checks: readonly CheckDefinition[], known: KnownBefore): Promise<void> {
  await tx.delete(drillChecks).where(eq(drillChecks.drillId, drillId));
  if (checks.length === 0) return;
  await tx.insert(drillChecks).values(
    checks.map((definition, ordinal) => ({
      drillId,
      ordinal,
      definition,
      key: definition.key,
      type: definition.type,
      name: definition.name,
      mandatory: definition.mandatory,
      state: applicableState(definition, known),
    })),
  );
}

/** The checks of a drill in their order. */
export async function loadChecks(db: Database | Transaction, drillId: string): Promise<CheckRow[]> {
  return await db.select().from(drillChecks).where(eq(drillChecks.drillId, drillId)).orderBy(asc(drillChecks.ordinal));
}

/** Before a check runs again, or another copy is restored: its verdict becomes an earlier one. Left out: all checks, manual ones among them. */
export async function resetChecks(tx: Transaction, drillId: string, keys?: readonly string[]): Promise<void> {
  const chosen = keys === undefined ? [] : [inArray(drillChecks.key, [...keys])];
  await tx
    .update(drillChecks)
    .set({ attempts: withAttempt, ...unjudged })
    .where(and(eq(drillChecks.drillId, drillId), inArray(drillChecks.state, ["passed", "failed", "running"]), ...chosen));
}

/** After a lost run: what it was at has no verdict. */
export async function resetRunning(tx: Transaction, drillId: string): Promise<void> {
  await tx
    .update(drillChecks)
    .set(unjudged)
    .where(and(eq(drillChecks.drillId, drillId), eq(drillChecks.state, "running")));
}

export async function markRunning(tx: Transaction, drillId: string, key: string): Promise<void> {
  await tx.update(drillChecks).set({ state: "running", startedAt: databaseNow }).where(isCheck(drillId, key));
}

export async function writeVerdict(tx: Transaction, drillId: string, key: string, judgement: Judgement, durationMs: number): Promise<void> {
  const { verdict, expected, actual, reason, evidence } = judgement;
  await tx
    .update(drillChecks)
    .set({
      state: verdict,
      expected: storable(expected),
      actual: storable(actual),
      reason,
      evidence: storable(evidence),
      startedAt: sql`coalesce(${drillChecks.startedAt}, clock_timestamp())`,
      finishedAt: databaseNow,
      durationMs: Math.round(durationMs),
    })
    .where(isCheck(drillId, key));
}

/**
 * For a restore that failed: what it says of the stream is the verdict of `stream-checksum` and `restore-errors`, which would else have none.
 * The other checks stay without one.
 */
export async function judgeFailedRestore(tx: Transaction, drillId: string, error: unknown, streamChecked: boolean): Promise<void> {
  const types: CheckType[] = streamChecked ? ["restore-errors"] : ["stream-checksum"];
  await tx
    .update(drillChecks)
    .set({
      attempts: withAttempt,
      ...unjudged,
      state: "failed",
      reason: reasonOf(error),
      startedAt: databaseNow,
      finishedAt: databaseNow,
      durationMs: 0,
    })
    .where(and(eq(drillChecks.drillId, drillId), inArray(drillChecks.type, types), sql`${drillChecks.state} <> 'not-applicable'`));
}

/** PostgreSQL takes no NUL in a text, and nobody a secret. */
function storable(text: string): string {
  return redactText(text).replaceAll("\u0000", "\uFFFD");
}

function isCheck(drillId: string, key: string) {
  return and(eq(drillChecks.drillId, drillId), eq(drillChecks.key, key));
}
