import { and, eq, inArray, sql } from "drizzle-orm";
import type { RunProgressDto, StepCode } from "#lib/contracts/runs";
import type { Database, Transaction } from "#lib/db/client";
import { runSteps } from "#lib/db/schema/run-steps";
import { runs } from "#lib/db/schema/runs";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError, type Reason } from "#lib/domain/error";
import { makeId } from "#lib/domain/ids";
import { probeTypes, type RunTrigger, type RunType } from "#lib/domain/run-state";
import type { ServiceContext } from "../context.ts";

export type RunRow = typeof runs.$inferSelect;

/** Whoever works where nothing else is said. */
export const defaultGroup = "default";

/** Progress of a run that has not begun. */
export const noProgress: RunProgressDto = {
  bytesDone: 0,
  bytesTotal: null,
  bytesPerSecond: 0,
  tablesDone: 0,
  tablesTotal: null,
  currentTable: null,
  secondsLeft: null,
};

export type NewRun = {
  readonly type: RunType;
  /** What the run holds while it is active: the source's id for a backup, the backup's id for verify and delete, `server/database` for a restore. */
  readonly subject: string;
  readonly sourceId?: string | null;
  readonly backupId?: string | null;
  readonly serverId?: string | null;
  readonly restoreId?: string | null;
  readonly drillId?: string | null;
  /** The slot of a schedule that it is for. */
  readonly slotId?: string | null;
  readonly gateId?: string | null;
  /** The run is claimed only when that one is over, however it ended. */
  readonly afterRunId?: string | null;
  /** Work on a file: who reaches it. Left out, the server's group or the default one. */
  readonly workerGroup?: string;
  readonly trigger: RunTrigger;
  readonly reason?: string;
  readonly note?: string;
  /** Read again by the executor; secrets in it are sealed. */
  readonly input?: Record<string, unknown>;
  readonly steps: readonly StepCode[];
  /** Defaults to what the type says; a probe never collides with another run. */
  readonly isProbe?: boolean;
  /** Set when the verb knew the run's id beforehand (to bind a sealed secret to it). */
  readonly id?: string;
};

/**
 * Inserts a queued run with its pending steps. Call `context.wake(run.id, run.workerGroup)` after the transaction.
 * Throws `run-active` { runId, type } when a run of this type holds the subject already.
 */
export async function startRun(tx: Database | Transaction, context: ServiceContext, request: NewRun): Promise<RunRow> {
  const isProbe = request.isProbe ?? probeTypes.has(request.type);
  const values = {
    id: request.id ?? makeId("run", context.newUuid()),
    type: request.type,
    state: "queued" as const,
    subject: request.subject,
    sourceId: request.sourceId ?? null,
    backupId: request.backupId ?? null,
    serverId: request.serverId ?? null,
    restoreId: request.restoreId ?? null,
    drillId: request.drillId ?? null,
    slotId: request.slotId ?? null,
    gateId: request.gateId ?? null,
    afterRunId: request.afterRunId ?? null,
    isProbe,
    workerGroup: request.workerGroup ?? (await groupOf(tx, request)),
    trigger: request.trigger,
    reason: request.reason ?? "",
    note: request.note ?? "",
    input: request.input ?? {},
    progress: noProgress,
    createdByType: context.actor.type,
    createdById: context.actor.id,
    createdByName: context.actor.name,
    queuedAt: context.now(),
  };
  // The holder may end between the refused insert and the look-up: then the place is free, and one more try takes it.
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const [row] = await tx
      .insert(runs)
      .values(values)
      .onConflictDoNothing({ target: [runs.type, runs.subject], where: activeOnly })
      .returning();
    if (row !== undefined) {
      if (request.steps.length > 0) {
        await tx
          .insert(runSteps)
          .values(request.steps.map((code, ordinal) => ({ runId: row.id, ordinal, code, state: "pending" as const })));
      }
      return row;
    }
    const active = await findActiveRun(tx, request.type, request.subject);
    if (active !== null) throw new LifeboatError("run-active", { runId: active.id, type: active.type });
  }
  throw new LifeboatError("run-active", { runId: "", type: request.type });
}

const activeOnly = sql`state in ('queued', 'running') and not is_probe`;

/** The active run of a type on a subject, or null. */
export async function findActiveRun(tx: Database | Transaction, type: RunType, subject: string): Promise<RunRow | null> {
  const [row] = await tx
    .select()
    .from(runs)
    .where(and(eq(runs.type, type), eq(runs.subject, subject), inArray(runs.state, ["queued", "running"]), eq(runs.isProbe, false)))
    .limit(1);
  return row ?? null;
}

/** The workers that reach the server decide; work on storage alone goes to the default group. */
async function groupOf(tx: Database | Transaction, request: NewRun): Promise<string> {
  if (request.serverId !== undefined && request.serverId !== null) {
    const [row] = await tx.select({ group: servers.workerGroup }).from(servers).where(eq(servers.id, request.serverId));
    if (row !== undefined) return row.group;
  }
  if (request.type === "backup" && request.sourceId !== undefined && request.sourceId !== null) {
    const [row] = await tx
      .select({ group: servers.workerGroup })
      .from(sources)
      .innerJoin(servers, eq(servers.id, sources.serverId))
      .where(eq(sources.id, request.sourceId));
    if (row !== undefined) return row.group;
  }
  return defaultGroup;
}

/** A run's failure as a reason, for verbs that wait for a probe. */
export function failureOf(run: Pick<RunRow, "error" | "state">): Reason {
  return run.error ?? { code: run.state === "cancelled" ? "run-cancelled" : "internal", params: {} };
}
