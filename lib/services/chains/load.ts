import { eq } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { chains } from "#lib/db/schema/chains";
import { LifeboatError } from "#lib/domain/error";

/** Throws `not-found`. */
export async function requireChain(db: Database | Transaction, id: string): Promise<typeof chains.$inferSelect> {
  const [chain] = await db.select().from(chains).where(eq(chains.id, id));
  if (chain === undefined) throw new LifeboatError("not-found", { entity: "chain", id });
  return chain;
}
