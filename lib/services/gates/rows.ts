import { and, eq, inArray, sql } from "drizzle-orm";
import type { GateDto } from "#lib/contracts/gates";
import { describeReason } from "#lib/contracts/describe-reason";
import type { Database, Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { gates } from "#lib/db/schema/gates";
import { runs } from "#lib/db/schema/runs";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import type { GateFacts, GateRun } from "#lib/domain/gate-step";
import type { ServiceContext } from "../context.ts";

export type GateRow = typeof gates.$inferSelect;

/** A gate, locked until the transaction ends. Throws `not-found`. */
export async function lockGate(tx: Transaction, id: string): Promise<GateRow> {
  const [gate] = await tx.select().from(gates).where(eq(gates.id, id)).for("update");
  if (gate === undefined) throw new LifeboatError("not-found", { entity: "gate", id });
  return gate;
}

/** One gate for the API. Throws `not-found`. */
export async function loadGate(db: Database | Transaction, id: string): Promise<GateDto> {
  const [found] = await db
    .select({ gate: gates, sourceName: sources.name })
    .from(gates)
    .innerJoin(sources, eq(sources.id, gates.sourceId))
    .where(eq(gates.id, id));
  if (found === undefined) throw new LifeboatError("not-found", { entity: "gate", id });
  return toGateDto(found.gate, found.sourceName);
}

/** The catalogue's own time: deadlines are not measured by the clocks of web and worker, which may differ. */
export async function catalogueNow(tx: Database | Transaction): Promise<Date> {
  const [row] = await tx.execute<{ ms: string }>(
    sql`select extract(epoch from date_trunc('milliseconds', clock_timestamp())) * 1000 as ms`,
  );
  return new Date(Number(row?.ms));
}

/** What the decision about a gate's next step reads. */
export async function loadGateFacts(tx: Transaction, gate: GateRow): Promise<GateFacts> {
  const ids = [gate.backupRunId, gate.verifyRunId, gate.checkRunId].filter((id) => id !== null);
  const rows =
    ids.length === 0
      ? []
      : await tx
          .select({ id: runs.id, state: runs.state, error: runs.error, backupId: runs.backupId })
          .from(runs)
          .where(inArray(runs.id, ids));
  const byId = new Map(rows.map((row) => [row.id, row]));
  // A run that is gone can tell nothing good.
  const gone: GateRun = { state: "failed", error: null, backupId: null };
  const runOf = (id: string | null): GateRun | null => (id === null ? null : (byId.get(id) ?? gone));
  const isThere = and(eq(backups.id, gate.backupId ?? ""), eq(backups.state, "available"));
  return {
    ...gate,
    hasBackup: (await tx.$count(backups, isThere)) > 0,
    backupRun: runOf(gate.backupRunId),
    verifyRun: runOf(gate.verifyRunId),
    checkRun: runOf(gate.checkRunId),
  };
}

/** Whoever opened the gate, for what follows by itself. */
export function actAsOpener(context: ServiceContext, gate: GateRow): ServiceContext {
  return {
    ...context,
    actor: { ...context.actor, type: gate.createdByType, id: gate.createdById, name: gate.createdByName },
    address: null,
    requestId: null,
  };
}

/** What the audit trail keeps of a gate: which release, by whom, and how it ended. */
export function auditedGate(gate: GateRow): Record<string, unknown> {
  const { sourceId, state, commit, operator, checker, command, backupId, exitCode } = gate;
  return { sourceId, state, commit, operator, checker, command, backupId, exitCode, error: gate.error?.code ?? null };
}

export function toGateDto(gate: GateRow, sourceName: string): GateDto {
  const isoOf = (at: Date | null) => at?.toISOString() ?? null;
  return {
    id: gate.id,
    sourceId: gate.sourceId,
    sourceName,
    state: gate.state,
    kind: gate.kind,
    mayDeploy: gate.state === "passed",
    commit: gate.commit,
    operator: gate.operator,
    checker: gate.checker,
    command: gate.command,
    backupId: gate.backupId,
    backupRunId: gate.backupRunId,
    verifyRunId: gate.verifyRunId,
    checkRunId: gate.checkRunId,
    exitCode: gate.exitCode,
    output: gate.output,
    error: gate.error === null ? null : describeReason(gate.error),
    createdBy: { type: gate.createdByType, id: gate.createdById, name: gate.createdByName },
    startedAt: gate.startedAt.toISOString(),
    backedUpAt: isoOf(gate.backedUpAt),
    verifiedAt: isoOf(gate.verifiedAt),
    endedAt: isoOf(gate.endedAt),
    deadlineAt: gate.deadlineAt.toISOString(),
  };
}
