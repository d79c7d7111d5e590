import { and, eq, inArray, isNull, or } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { replacements } from "#lib/db/schema/replacements";
import { restores } from "#lib/db/schema/restores";
import { runs } from "#lib/db/schema/runs";
import { servers } from "#lib/db/schema/servers";
import { LifeboatError } from "#lib/domain/error";
import { keptDatabase } from "#lib/domain/replacement-state";
import { refuseNeededByDrill } from "../drills/refuse-needed.ts";
import { refuseNeededByGate } from "../gates/refuse-needed.ts";

type Backup = { readonly id: string; readonly chainId: string; readonly runId: string | null };

/**
 * Refuses to remove a backup that a replacement needs: its safety backup, and the backup itself, while the replacement waits or
 * works (`chain-locked` { chainId, by }); and the backup whose restore keeps a database, because its row is what an undo knows
 * (`backup-kept-for-undo` { database, keptName }). So it does for one that an open drill restores (`drill-open` { drillId }) or a gate waits for
 * (`chain-locked`).
 */
export async function refuseNeededByReplacement(tx: Transaction, backup: Backup): Promise<void> {
  await refuseNeededByDrill(tx, backup.id);
  await refuseNeededByGate(tx, backup);
  const [active] = await tx
    .select({ runId: runs.id })
    .from(replacements)
    .innerJoin(restores, eq(restores.id, replacements.restoreId))
    .innerJoin(runs, eq(runs.id, restores.runId))
    .where(
      and(
        inArray(runs.state, ["queued", "running"]),
        or(eq(restores.backupId, backup.id), eq(replacements.safetyRunId, backup.runId ?? "")),
      ),
    )
    .limit(1);
  if (active !== undefined) throw new LifeboatError("chain-locked", { chainId: backup.chainId, by: active.runId });
  const keeping = await tx
    .select({ replacement: replacements, database: restores.database, outcome: restores.outcome })
    .from(replacements)
    .innerJoin(restores, eq(restores.id, replacements.restoreId))
    .innerJoin(servers, eq(servers.id, restores.serverId))
    .where(and(eq(restores.backupId, backup.id), isNull(replacements.cleanedAt), isNull(servers.removedAt)));
  for (const { replacement, database, outcome } of keeping) {
    const kept = keptDatabase(replacement);
    // What is not settled yet may have left a database: its row is all that a sweep knows of it.
    const isOpen = replacement.answers === "unsettled" || (outcome === "pending" && replacement.siblingName !== null);
    if (kept !== null || isOpen) {
      throw new LifeboatError("backup-kept-for-undo", {
        database,
        keptName: kept?.name ?? replacement.keptName ?? replacement.siblingName ?? database,
      });
    }
  }
}
