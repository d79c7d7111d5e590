import { eq, sql } from "drizzle-orm";
import type { Database } from "#lib/db/client";
import { destinations } from "#lib/db/schema/destinations";
import { makeId } from "#lib/domain/ids";
import { recordAudit } from "../audit/record.ts";
import { systemActor, type ServiceContext } from "../context.ts";

/** Several workers start at once. */
const lockKey = 5_402_371_190;

/** Makes the row of the local folder (`BACKUP_DIR`) at the first start, and follows a folder that was moved. */
export async function ensureLocalDestination(context: ServiceContext, path: string): Promise<{ id: string; path: string }> {
  return context.db.transaction(async (tx) => {
    await lock(tx);
    const [known] = await tx.select().from(destinations).where(eq(destinations.type, "local")).limit(1);
    if (known?.config.path === path) return { id: known.id, path };
    const id = known?.id ?? makeId("destination", context.newUuid());
    await tx
      .insert(destinations)
      .values({ id, type: "local", name: "Local folder", config: { path }, createdAt: context.now() })
      .onConflictDoUpdate({ target: destinations.id, set: { config: { path } } });
    await recordAudit(
      tx,
      { ...context, actor: systemActor },
      {
        action: known === undefined ? "destination.create" : "destination.update",
        targetType: "destination",
        targetId: id,
        targetName: "Local folder",
        before: known === undefined ? null : { path: known.config.path },
        after: { path },
      },
    );
    return { id, path };
  });
}

async function lock(tx: Pick<Database, "execute">): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${lockKey})`);
}
