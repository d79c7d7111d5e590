import { eq, inArray } from "drizzle-orm";
import { describeReason } from "#lib/contracts/describe-reason";
import type { ReplacementDto } from "#lib/contracts/restores";
import type { Database } from "#lib/db/client";
import { runs } from "#lib/db/schema/runs";
import { sources } from "#lib/db/schema/sources";
import type { Reason } from "#lib/domain/error";
import { cleanUpBlocker, undoBlocker } from "#lib/domain/replacement-state";
import { toRunDto } from "../runs/dto.ts";
import { runColumns } from "../runs/load.ts";
import { loadReplacement, surroundings } from "./load-replacement.ts";

const told = (reason: Reason | null) => (reason === null ? null : describeReason(reason));

/** The replacing part of a restore, with its safety run, its follow-up, and what can be done now. Throws `not-found`. */
export async function loadReplacementDto(db: Database, restoreId: string): Promise<ReplacementDto> {
  const { restore, replacement } = await loadReplacement(db, restoreId);
  const wanted = [replacement.safetyRunId, replacement.followUpRunId].filter((id) => id !== null);
  const found = await db
    .select({ run: runColumns, sourceName: sources.name })
    .from(runs)
    .leftJoin(sources, eq(sources.id, runs.sourceId))
    .where(inArray(runs.id, wanted));
  const runOf = (id: string | null) => {
    const row = found.find(({ run }) => run.id === id);
    return row === undefined ? null : toRunDto(row.run, { sourceName: row.sourceName });
  };
  const around = await surroundings(db, { restore, replacement });
  const { strategy, answers, keptName, restoredName, replacedAt, undoneAt, cleanedAt } = replacement;
  const safetyRun = runOf(replacement.safetyRunId);
  return {
    strategy,
    answers,
    safetyRun,
    safetyBackupId: safetyRun?.backupId ?? null,
    keptName: replacedAt === null ? null : keptName,
    restoredName: undoneAt === null ? null : restoredName,
    replacedAt: replacedAt?.toISOString() ?? null,
    undoneAt: undoneAt?.toISOString() ?? null,
    cleanedAt: cleanedAt?.toISOString() ?? null,
    followUp: runOf(replacement.followUpRunId),
    undoBlocker: told(undoBlocker(replacement, around)),
    cleanUpBlocker: told(cleanUpBlocker(replacement, around)),
  };
}
