import { sql } from "drizzle-orm";
import { installation } from "#lib/db/schema/installation";
import { makeId } from "#lib/domain/ids";
import type { ServiceContext } from "../context.ts";

/** Arbitrary and fixed: two processes that start at once end with one row. */
const installationLock = 5_402_371_189;

/** Makes the installation's row at the first start. The last seen time moves on only while the clock is believed (`policies/clock.ts`). */
export async function ensureInstallation(context: ServiceContext): Promise<{ installationId: string }> {
  const now = context.now();
  return context.db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${installationLock})`);
    const [known] = await tx.select().from(installation).limit(1);
    if (known !== undefined) return { installationId: known.id };
    const id = makeId("installation", context.newUuid());
    await tx.insert(installation).values({ id, createdAt: now, lastSeenAt: now });
    return { installationId: id };
  });
}
