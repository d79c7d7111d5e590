import { eq } from "drizzle-orm";
import type { RunDetailDto, StepCode } from "#lib/contracts/runs";
import type { Transaction } from "#lib/db/client";
import { replacements } from "#lib/db/schema/replacements";
import { LifeboatError, type Reason } from "#lib/domain/error";
import type { ReplacementSurroundings } from "#lib/domain/replacement-state";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { loadRunDetail } from "../runs/load.ts";
import { type RunRow, startRun } from "../runs/start.ts";
import { lockServer } from "../servers/load.ts";
import { loadReplacement, namingSubject, surroundings } from "./load-replacement.ts";
import type { DatabaseRestore, ReplacementRow } from "./rows.ts";

/** One kind of run that comes after a replacement. */
export type FollowUp = {
  readonly type: "undo-replace" | "clean-up-replace";
  readonly steps: readonly StepCode[];
  readonly blocker: (replacement: ReplacementRow, around: ReplacementSurroundings) => Reason | null;
  /** What must be typed. */
  readonly typed: (restore: DatabaseRestore, replacement: ReplacementRow) => string;
};

/** Starts a run that comes after a replacement. Throws `not-found`, the blocker, `confirmation-mismatch` { expected }, `run-active`. */
export async function startFollowUp(
  context: ServiceContext,
  followUp: FollowUp,
  request: { restoreId: string; confirmName: string },
): Promise<RunDetailDto> {
  authorise(context, "restores:replace");
  const run = await context.db.transaction((tx) => start(tx, context, followUp, request));
  await context.wake(run.id, run.workerGroup);
  return loadRunDetail(context.db, run.id);
}

async function start(
  tx: Transaction,
  context: ServiceContext,
  followUp: FollowUp,
  request: { restoreId: string; confirmName: string },
): Promise<RunRow> {
  const known = await loadReplacement(tx, request.restoreId);
  // Verbs about the names of one server take turns: what is read after this is still so when the run is queued.
  await lockServer(tx, known.restore.serverId, "update");
  const { restore, replacement } = await loadReplacement(tx, request.restoreId);
  const blocker = followUp.blocker(replacement, await surroundings(tx, { restore, replacement }));
  if (blocker !== null) throw new LifeboatError(blocker.code, blocker.params);
  const expected = followUp.typed(restore, replacement);
  if (request.confirmName !== expected) throw new LifeboatError("confirmation-mismatch", { expected });
  const run = await startRun(tx, context, {
    type: followUp.type,
    subject: namingSubject(restore),
    serverId: restore.serverId,
    restoreId: restore.id,
    backupId: restore.backupId,
    trigger: context.actor.type === "token" ? "api" : "manual",
    steps: followUp.steps,
  });
  await tx.update(replacements).set({ followUpRunId: run.id }).where(eq(replacements.restoreId, restore.id));
  await recordAudit(tx, context, {
    action: followUp.type === "undo-replace" ? "restore.undo-start" : "restore.clean-up-start",
    targetType: "restore",
    targetId: restore.id,
    targetName: restore.database,
    after: { runId: run.id, confirmed: expected },
  });
  return run;
}
