import { describeReason } from "#lib/contracts/describe-reason";
import type { RunDetailDto, RunDto, RunStepDto } from "#lib/contracts/runs";
import type { runSteps } from "#lib/db/schema/run-steps";
import type { runs } from "#lib/db/schema/runs";

type FullRow = typeof runs.$inferSelect;

/** What a run's DTO is made from; `input` and `output` stay inside because they hold sealed secrets. */
export type RunDtoRow = Omit<FullRow, "input" | "output">;
export type RunStepRow = typeof runSteps.$inferSelect;

function iso(at: Date | null): string | null {
  return at === null ? null : at.toISOString();
}

/** `sourceName` null: the run has no source, or its source is gone. */
export function toRunDto(row: RunDtoRow, joined: { sourceName: string | null }): RunDto {
  return {
    id: row.id,
    type: row.type,
    state: row.state,
    sourceId: row.sourceId,
    sourceName: joined.sourceName,
    backupId: row.backupId,
    serverId: row.serverId,
    trigger: row.trigger,
    reason: row.reason,
    note: row.note,
    progress: row.progress,
    cancelRequested: row.cancelRequestedAt !== null,
    error: row.error === null ? null : describeReason(row.error),
    warnings: row.warnings,
    createdBy: { type: row.createdByType, id: row.createdById, name: row.createdByName },
    workerId: row.workerId,
    chainId: row.type === "verify-chain" ? row.subject : null,
    restoreId: row.restoreId,
    drillId: row.drillId,
    afterRunId: row.afterRunId,
    queuedAt: row.queuedAt.toISOString(),
    startedAt: iso(row.startedAt),
    finishedAt: iso(row.finishedAt),
  };
}

export function toRunStepDto(row: RunStepRow): RunStepDto {
  return {
    code: row.code,
    state: row.state,
    startedAt: iso(row.startedAt),
    finishedAt: iso(row.finishedAt),
    facts: row.facts,
    error: row.error === null ? null : describeReason(row.error),
  };
}

/** `steps` in their order. `served`: some worker of its group is there. */
export function toRunDetailDto(
  row: RunDtoRow,
  joined: { sourceName: string | null; steps: readonly RunStepRow[]; served: boolean },
): RunDetailDto {
  const waitsFor = row.state === "queued" ? { group: row.workerGroup, served: joined.served } : null;
  return { ...toRunDto(row, joined), steps: joined.steps.map(toRunStepDto), waitsFor };
}
