import { and, eq, isNull, not, notInArray, or, sql } from "drizzle-orm";
import type { Database } from "#lib/db/client";
import { replacements } from "#lib/db/schema/replacements";
import { restores } from "#lib/db/schema/restores";
import { runs } from "#lib/db/schema/runs";
import { servers } from "#lib/db/schema/servers";
import type { EngineContext } from "#lib/engines/port";
import { loadBackupFacts } from "../backups/facts.ts";
import type { WorkerDeps } from "../runs/work.ts";
import { getServerOrThrow } from "../servers/execute-check.ts";
import { settleDatabase, settleUntouched } from "./created-database.ts";
import { restoreRequest } from "./inspect.ts";
import { type DatabaseRestore, isDatabaseRestore, type ReplacementRow } from "./rows.ts";
import { settleReplacement } from "./settle-replacement.ts";

/** Gives work an engine context with a folder of its own, which is removed afterwards. */
export type WithEngineContext = (runId: string, work: (engineContext: EngineContext) => Promise<void>) => Promise<void>;

/**
 * Settles restores whose run is over but whose new database nobody decided about. A target that does not answer is asked again by
 * the next sweep: the restore shows `pending` until then.
 */
export async function reconcileRestores(db: Database, deps: WorkerDeps, withEngineContext: WithEngineContext): Promise<void> {
  const left = await db
    .select({ restore: restores })
    .from(restores)
    .innerJoin(runs, eq(runs.id, restores.runId))
    .where(and(eq(restores.outcome, "pending"), eq(restores.mode, "new"), notInArray(runs.state, ["queued", "running"])));
  for (const { restore } of left) {
    if (!isDatabaseRestore(restore)) continue;
    try {
      if (!restore.createdDatabase && restore.facts["creating"] !== true) {
        await settleUntouched(db, restore.runId);
        continue;
      }
      if (await isServerRemoved(db, restore.serverId)) {
        await leaveDatabase(db, restore);
        continue;
      }
      const facts = await loadBackupFacts(db, restore.backupId);
      const server = await getServerOrThrow(db, restore.serverId);
      const request = restoreRequest({ deps }, facts, server, restore);
      await withEngineContext(restore.runId, (engineContext) =>
        settleDatabase({ db, engine: deps.engine, engineContext, logger: deps.logger }, restore.id, request),
      );
    } catch (error) {
      deps.logger.warn("a failed restore's database could not be settled; the next sweep tries again", { restoreId: restore.id, error });
    }
  }
}

/**
 * Settles replacements, their undo and their clean-up, once no run works on them any more: which database has the name, told by its
 * object id, decides. A server that does not answer is asked again by the next sweep: the replacement shows `unsettled` until then.
 */
export async function reconcileReplacements(db: Database, deps: WorkerDeps, withEngineContext: WithEngineContext): Promise<void> {
  const isOpen = or(eq(restores.outcome, "pending"), eq(replacements.answers, "unsettled"), sql`${restores.facts} @> '{"cleaning": true}'`);
  const isWorkedOn = sql`exists (
    select 1 from ${runs} as working
    where working.id in (${restores.runId}, ${replacements.followUpRunId}) and working.state in ('queued', 'running')
  )`;
  const left = await db
    .select({ restore: restores, replacement: replacements })
    .from(replacements)
    .innerJoin(restores, eq(restores.id, replacements.restoreId))
    .innerJoin(servers, eq(servers.id, restores.serverId))
    .where(and(isOpen, not(isWorkedOn), or(isNull(servers.removedAt), eq(restores.outcome, "pending"))));
  for (const { restore, replacement } of left) {
    if (!isDatabaseRestore(restore)) continue;
    try {
      if (isUntouched(restore, replacement)) {
        await settleUntouched(db, restore.runId);
        continue;
      }
      if (await isServerRemoved(db, restore.serverId)) {
        await leaveDatabase(db, restore);
        continue;
      }
      await withEngineContext(replacement.followUpRunId ?? restore.runId, (engineContext) =>
        settleReplacement({ db, deps, engineContext }, restore.id),
      );
    } catch (error) {
      deps.logger.warn("a replacement could not be settled; the next sweep tries again", { restoreId: restore.id, error });
    }
  }
}

/** No sibling was ever meant, and no load in place: the server need not be asked, and may be the very thing that failed. */
function isUntouched(restore: DatabaseRestore, { siblingName, answers }: ReplacementRow): boolean {
  return siblingName === null && answers === "old" && !restore.createdDatabase && restore.facts["creating"] !== true;
}

async function isServerRemoved(db: Database, serverId: string): Promise<boolean> {
  const [server] = await db.select({ removedAt: servers.removedAt }).from(servers).where(eq(servers.id, serverId));
  return server === undefined || server.removedAt !== null;
}

/** Nobody has a password for a removed server any more: what the restore made stays there, and the run says so. Done once. */
async function leaveDatabase(db: Database, restore: DatabaseRestore): Promise<void> {
  await db.transaction(async (tx) => {
    const [settled] = await tx
      .update(restores)
      .set({ outcome: "kept-after-failure", facts: {} })
      .where(and(eq(restores.id, restore.id), eq(restores.outcome, "pending")))
      .returning({ id: restores.id });
    if (settled === undefined) return;
    const warning = `the server was removed from Lifeboat before the database ${JSON.stringify(restore.database)} could be: look for it there`;
    const added = JSON.stringify([warning]);
    await tx
      .update(runs)
      .set({ warnings: sql`${runs.warnings} || ${added}::jsonb` })
      .where(eq(runs.id, restore.runId));
  });
}
