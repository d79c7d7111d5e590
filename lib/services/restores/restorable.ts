import { eq } from "drizzle-orm";
import type { RestoreInput } from "#lib/contracts/restores";
import type { Database, Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { copies } from "#lib/db/schema/copies";
import { servers } from "#lib/db/schema/servers";
import { LifeboatError } from "#lib/domain/error";
import { databaseNameProblem } from "#lib/domain/restore-plan";

/**
 * What the catalogue alone can say about a restore: the backup is there whole, the server is known, the name is one.
 * Throws `not-found`, `backup-not-restorable` { backupId, state }, `target-name-invalid`.
 */
export async function getRestorableOrThrow(tx: Database | Transaction, input: RestoreInput) {
  const [backup] = await tx.select().from(backups).where(eq(backups.id, input.backupId));
  if (backup === undefined || backup.state === "writing") throw new LifeboatError("not-found", { entity: "backup", id: input.backupId });
  const stored = await tx.select({ state: copies.state }).from(copies).where(eq(copies.backupId, backup.id));
  // A damaged copy may be tried again: the checksum decides before the target is touched.
  const whole = stored.some((copy) => copy.state === "stored" || copy.state === "damaged");
  if (backup.state !== "available" || !whole) {
    const state = backup.state === "available" ? (stored[0]?.state ?? "missing") : backup.state;
    throw new LifeboatError("backup-not-restorable", { backupId: backup.id, state });
  }
  const [server] = await tx.select().from(servers).where(eq(servers.id, input.serverId));
  if (server === undefined || server.removedAt !== null) throw new LifeboatError("not-found", { entity: "server", id: input.serverId });
  const problem = databaseNameProblem(input.database);
  if (problem !== null) throw new LifeboatError(problem.code, problem.params);
  return { backup, server };
}
