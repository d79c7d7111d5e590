import { eq, sql } from "drizzle-orm";
import { expect } from "vitest";
import type { Database } from "#lib/db/client";
import { chains } from "#lib/db/schema/chains";

/** Who waits for a chain asks for it again and again, who does not asks once: its row is held until somebody stands there, twice. */
export async function untilAskedTwice(db: Database, chainId: string): Promise<void> {
  const isAsked = sql`select 1 from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))`;
  for (let times = 0; times < 2; times += 1) {
    await db.transaction(async (tx) => {
      await tx.select().from(chains).where(eq(chains.id, chainId)).for("no key update");
      await expect.poll(async () => (await tx.execute(isAsked)).length).toBeGreaterThan(0);
    });
  }
}
