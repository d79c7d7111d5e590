import { and, eq, inArray, sql } from "drizzle-orm";
import type { Database } from "#lib/db/client";
import { drills } from "#lib/db/schema/drills";
import type { EngineContext } from "#lib/engines/port";
import { recordAudit } from "../audit/record.ts";
import type { WorkerDeps } from "../runs/work.ts";
import { liesHere, removeCopy } from "./remove-copy.ts";
import type { DrillRow } from "./rows.ts";

/** So long after a look in vain the next one follows. */
const retrySeconds = 600;

type WithDrill = (drill: DrillRow, work: (engineContext: EngineContext) => Promise<void>) => Promise<void>;

/**
 * Goes on looking for copies of drills that were closed without a proof that theirs is gone. The report keeps what was true when it was signed;
 * the drill's page then says what was found later, and the audit log when.
 */
export async function removeLeftBehind(db: Database, deps: WorkerDeps, withDrill: WithDrill): Promise<void> {
  const isDue = sql`coalesce((${drills.cleanUp} ->> 'at')::timestamptz < clock_timestamp() - make_interval(secs => ${retrySeconds}), true)`;
  const left = await db
    .select()
    .from(drills)
    .where(and(inArray(drills.state, ["closed", "aborted"]), eq(drills.hasTarget, true), isDue));
  for (const drill of left) {
    try {
      // Only its own host can look; it does so with its own sweep.
      if (await liesHere(deps, drill)) await withDrill(drill, (engineContext) => lookAgain(db, deps, drill, engineContext));
    } catch (error) {
      deps.logger.warn("what a drill left could not be looked for; the sweep goes on trying", { drillId: drill.id, error });
    }
  }
}

async function lookAgain(db: Database, deps: WorkerDeps, drill: DrillRow, engineContext: EngineContext): Promise<void> {
  const { context } = deps;
  const { databases, processes, folders, files, detail } = await removeCopy({ db, deps, engineContext }, drill, { tolerant: true });
  const cleanUp = { at: context.now().toISOString(), databases, processes, folders, files, detail };
  const isGone = databases + processes + folders + files === 0;
  await db.transaction(async (tx) => {
    const set = { cleanUp, version: sql`${drills.version} + 1`, ...(isGone ? { hasTarget: false, sealedAccess: null } : {}) };
    const [held] = await tx
      .update(drills)
      .set(set)
      .where(and(eq(drills.id, drill.id), eq(drills.hasTarget, true)))
      .returning({ id: drills.id });
    if (held === undefined || !isGone) return;
    const targetName = drill.backup?.fileName ?? drill.id;
    await recordAudit(tx, context, { action: "drill.cleaned", targetType: "drill", targetId: drill.id, targetName, after: {} });
  });
}
