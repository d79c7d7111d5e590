import { and, eq, gt, isNull, ne } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { replacements } from "#lib/db/schema/replacements";
import { restores } from "#lib/db/schema/restores";
import { servers } from "#lib/db/schema/servers";
import { LifeboatError } from "#lib/domain/error";
import type { ReplacementSurroundings } from "#lib/domain/replacement-state";
import { findNamingRun } from "./start-safety.ts";
import { type DatabaseRestore, isDatabaseRestore, type ReplacementRow } from "./rows.ts";

/** A replacement with its restore. Throws `not-found`, also for a restore that replaced nothing by its order. */
export async function loadReplacement(
  db: Database | Transaction,
  restoreId: string,
): Promise<{ restore: DatabaseRestore; replacement: ReplacementRow }> {
  const [row] = await db
    .select({ restore: restores, replacement: replacements })
    .from(restores)
    .innerJoin(replacements, eq(replacements.restoreId, restores.id))
    .where(eq(restores.id, restoreId));
  if (row === undefined || !isDatabaseRestore(row.restore)) throw new LifeboatError("not-found", { entity: "restore", id: restoreId });
  return { restore: row.restore, replacement: row.replacement };
}

/** What a run holds while it works on the names of a database. */
export function namingSubject(restore: Pick<DatabaseRestore, "serverId" | "database">): string {
  return `${restore.serverId}/${restore.database}`;
}

/** What else concerns the name. `ownRunId` is not in its own way. */
export async function surroundings(
  db: Database | Transaction,
  { restore, replacement }: { restore: DatabaseRestore; replacement: ReplacementRow },
  ownRunId: string | null = null,
): Promise<ReplacementSurroundings> {
  const active = await findNamingRun(db, namingSubject(restore));
  const [server] = await db.select({ removedAt: servers.removedAt }).from(servers).where(eq(servers.id, restore.serverId));
  return {
    isServerRemoved: server === undefined || server.removedAt !== null,
    activeRun: active === null || active.id === ownRunId ? null : active,
    hasLater: replacement.replacedAt !== null && (await hasLater(db, restore, replacement.replacedAt)),
  };
}

async function hasLater(db: Database | Transaction, restore: DatabaseRestore, replacedAt: Date): Promise<boolean> {
  const later = await db
    .select({ id: restores.id })
    .from(replacements)
    .innerJoin(restores, eq(restores.id, replacements.restoreId))
    .where(
      and(
        eq(restores.serverId, restore.serverId),
        eq(restores.database, restore.database),
        ne(restores.id, restore.id),
        gt(replacements.replacedAt, replacedAt),
        isNull(replacements.undoneAt),
      ),
    )
    .limit(1);
  return later.length > 0;
}
