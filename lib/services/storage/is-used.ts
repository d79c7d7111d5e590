import { and, eq, ne } from "drizzle-orm";
import type { Database } from "#lib/db/client";
import { copies } from "#lib/db/schema/copies";

/**
 * True when a backup was stored on a destination, and is known. Then the destination has its marker, and where there is none a disk is not mounted: taken for
 * an empty destination, it would be given new backups that vanish behind the disk when that is back, and what is deleted would stay there.
 */
export async function isUsed(db: Database, destinationId: string): Promise<boolean> {
  const [used] = await db
    .select({ id: copies.id })
    .from(copies)
    .where(and(eq(copies.destinationId, destinationId), ne(copies.state, "writing")))
    .limit(1);
  return used !== undefined;
}
