import { and, eq, notInArray } from "drizzle-orm";
import type { Database } from "#lib/db/client";
import { restores } from "#lib/db/schema/restores";
import { runs } from "#lib/db/schema/runs";
import type { EngineContext } from "#lib/engines/port";
import { loadBackupFacts } from "../backups/facts.ts";
import type { WorkerDeps } from "../runs/work.ts";
import { getServerOrThrow } from "../servers/execute-check.ts";
import { settleDatabase, settleUntouched } from "./created-database.ts";
import { restoreRequest } from "./inspect.ts";

/**
 * Settles restores whose run is over but whose new database nobody decided about. A target that does not answer is asked again by
 * the next sweep: the restore shows `pending` until then.
 */
export async function reconcileRestores(db: Database, deps: WorkerDeps, engineContext: (runId: string) => EngineContext): Promise<void> {
  const left = await db
    .select({ restore: restores })
    .from(restores)
    .innerJoin(runs, eq(runs.id, restores.runId))
    .where(and(eq(restores.outcome, "pending"), notInArray(runs.state, ["queued", "running"])));
  for (const { restore } of left) {
    try {
      if (!restore.createdDatabase && restore.facts["creating"] !== true) {
        await settleUntouched(db, restore.runId);
        continue;
      }
      const facts = await loadBackupFacts(db, restore.backupId);
      const server = await getServerOrThrow(db, restore.serverId);
      const request = restoreRequest({ deps }, facts, server, restore);
      await settleDatabase(
        { db, engine: deps.engine, engineContext: engineContext(restore.runId), logger: deps.logger },
        restore.id,
        request,
      );
    } catch (error) {
      deps.logger.warn("a failed restore's database could not be settled; the next sweep tries again", { restoreId: restore.id, error });
    }
  }
}
