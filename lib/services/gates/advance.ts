import { and, asc, eq, sql } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { gates } from "#lib/db/schema/gates";
import { LifeboatError, type Reason } from "#lib/domain/error";
import { nextGateStep } from "#lib/domain/gate-step";
import type { Logger } from "#lib/log/log";
import { recordAudit } from "../audit/record.ts";
import type { ServiceContext } from "../context.ts";
import type { RunRow } from "../runs/start.ts";
import { cancelGateRuns, startGateBackup, startGateCheck, startGateVerify } from "./gate-runs.ts";
import { actAsOpener, auditedGate, catalogueNow, type GateRow, loadGateFacts } from "./rows.ts";

/**
 * Moves every gate that is not over one step on, each in a transaction of its own. What is to be done is read from the rows of its runs, so a worker
 * that was killed anywhere is followed by the next look of any worker. What fails is logged and comes again.
 */
export async function advanceGates(context: ServiceContext, logger: Logger): Promise<void> {
  const open = await context.db.select({ id: gates.id }).from(gates).where(isOpen).orderBy(asc(gates.startedAt), asc(gates.id));
  for (const { id } of open) {
    try {
      const run = await context.db.transaction((tx) => advanceGate(tx, context, id));
      if (run !== null) await context.wake(run.id, run.workerGroup);
    } catch (error) {
      logger.warn("a gate could not be moved on; the next look tries again", { gateId: id, error });
    }
  }
}

/** Written out, so that the index of open gates answers. */
const isOpen = sql`${gates.state} not in ('passed', 'failed')`;

/** One step of one gate; the run that it started, if any. Of two workers one gets the row. */
async function advanceGate(tx: Transaction, context: ServiceContext, id: string): Promise<RunRow | null> {
  const [gate] = await tx
    .select()
    .from(gates)
    .where(and(eq(gates.id, id), isOpen))
    .for("update", { skipLocked: true });
  return gate === undefined ? null : stepGate(tx, context, gate);
}

/** Does what is next about a locked gate; the run that it started, if any. */
export async function stepGate(tx: Transaction, context: ServiceContext, gate: GateRow): Promise<RunRow | null> {
  const opener = actAsOpener(context, gate);
  const now = await catalogueNow(tx);
  const step = nextGateStep(await loadGateFacts(tx, gate), now);
  switch (step.do) {
    case "wait":
      return null;
    case "start-backup": {
      const started = await orRefused(() => startGateBackup(tx, opener, gate));
      if (started instanceof LifeboatError) {
        return endGate(tx, opener, gate, { code: "gate-backup-failed", params: { code: started.code } });
      }
      if (started !== null) await setGate(tx, gate, { backupRunId: started.id });
      return started;
    }
    case "start-verify": {
      const { backupId } = step;
      const started = await orRefused(() => startGateVerify(tx, opener, gate, backupId));
      if (started instanceof LifeboatError) {
        return endGate(tx, opener, { ...gate, backupId }, { code: "gate-verify-failed", params: { code: started.code } });
      }
      const backedUpAt = gate.backedUpAt ?? now;
      await setGate(tx, gate, { state: "verifying", backupId, backedUpAt, verifyRunId: started?.id ?? null });
      return started;
    }
    case "await-check":
      await setGate(tx, gate, { state: "checking", verifiedAt: now });
      return null;
    case "start-check": {
      const started = await startGateCheck(tx, opener, gate);
      await setGate(tx, gate, { state: "checking", verifiedAt: gate.verifiedAt ?? now, checkRunId: started.id });
      return started;
    }
    case "pass":
      return endGate(tx, opener, gate, null);
    case "fail":
      return endGate(tx, opener, gate, step.error);
    default:
      return step satisfies never;
  }
}

/** Ends a locked gate, passed without an error, and cancels what it still has going. Whoever `context` is stands in the audit trail. */
export async function endGate(tx: Transaction, context: ServiceContext, gate: GateRow, error: Reason | null): Promise<null> {
  const endedAt = await catalogueNow(tx);
  const state = error === null ? ("passed" as const) : ("failed" as const);
  const verifiedAt = gate.verifiedAt ?? (error === null ? endedAt : null);
  const ended = { ...gate, state, error, endedAt, verifiedAt };
  await setGate(tx, gate, { state, error, endedAt, verifiedAt, backupId: gate.backupId });
  await recordAudit(tx, context, {
    action: error === null ? "gate.passed" : "gate.failed",
    targetType: "gate",
    targetId: gate.id,
    targetName: gate.commit,
    after: auditedGate(ended),
  });
  await cancelGateRuns(tx, context, gate.id);
  return null;
}

async function setGate(tx: Transaction, gate: GateRow, set: Partial<GateRow>): Promise<void> {
  await tx.update(gates).set(set).where(eq(gates.id, gate.id));
}

/** A refusal is an answer; anything else rolls back and is tried again. */
async function orRefused<T>(start: () => Promise<T>): Promise<T | LifeboatError> {
  try {
    return await start();
  } catch (error) {
    if (error instanceof LifeboatError) return error;
    throw error;
  }
}
