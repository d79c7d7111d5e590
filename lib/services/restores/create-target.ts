import { eq } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { restores } from "#lib/db/schema/restores";
import { LifeboatError, reasonOf } from "#lib/domain/error";
import type { RestoreRequest } from "#lib/engines/port";
import { assertLease } from "../runs/lease.ts";
import type { RunWork } from "../runs/work.ts";

/**
 * Creates the database that the copy is loaded into. The intent stands before it: a crash in between leaves the mark, and only an
 * empty database under it may be removed. A database of that name that somebody else made meanwhile fails with `target-exists` and is
 * never touched. `intend` and `made` write more in the same transactions; `lost` is called when the run was taken away while the
 * database was made.
 */
export async function createTarget(
  work: RunWork,
  restoreId: string,
  request: RestoreRequest,
  more: {
    intend?: (tx: Transaction) => Promise<void>;
    made?: () => Promise<(tx: Transaction) => Promise<void>>;
    lost: () => Promise<void>;
  },
): Promise<void> {
  const { db, lease } = work;
  await db.transaction(async (tx) => {
    await assertLease(tx, lease);
    await tx
      .update(restores)
      .set({ facts: { creating: true } })
      .where(eq(restores.id, restoreId));
    await more.intend?.(tx);
  });
  try {
    await work.deps.engine.createDatabase(request, work.engineContext);
  } catch (error) {
    const isForeign = error instanceof LifeboatError && error.code === "target-exists";
    if (isForeign) await db.update(restores).set({ facts: {} }).where(eq(restores.id, restoreId));
    throw error;
  }
  const record = await more.made?.();
  try {
    await db.transaction(async (tx) => {
      await assertLease(tx, lease);
      await tx.update(restores).set({ createdDatabase: true, facts: {} }).where(eq(restores.id, restoreId));
      await record?.(tx);
    });
  } catch (error) {
    if (reasonOf(error).code === "lease-lost") await more.lost();
    throw error;
  }
}
