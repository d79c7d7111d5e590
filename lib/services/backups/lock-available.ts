import { eq } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { LifeboatError } from "#lib/domain/error";

/**
 * A backup that a run is to be started on, locked against removal until the transaction ends. Throws `not-found`, also for an intent row,
 * `backup-not-restorable` { backupId, state }.
 */
export async function lockAvailableBackup(tx: Transaction, id: string): Promise<typeof backups.$inferSelect> {
  const [backup] = await tx.select().from(backups).where(eq(backups.id, id)).for("share");
  if (backup === undefined || backup.state === "writing") throw new LifeboatError("not-found", { entity: "backup", id });
  if (backup.state !== "available") throw new LifeboatError("backup-not-restorable", { backupId: id, state: backup.state });
  return backup;
}
