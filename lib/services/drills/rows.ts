import { eq } from "drizzle-orm";
import type { DrillDetailDto } from "#lib/contracts/drills";
import type { Database, Transaction } from "#lib/db/client";
import { drills } from "#lib/db/schema/drills";
import { LifeboatError } from "#lib/domain/error";

export type DrillRow = typeof drills.$inferSelect;
export type DrillEvent = DrillDetailDto["events"][number];

/** Throws `not-found`. */
export async function getDrillOrThrow(db: Database | Transaction, id: string): Promise<DrillRow> {
  const [row] = await db.select().from(drills).where(eq(drills.id, id));
  if (row === undefined) throw new LifeboatError("not-found", { entity: "drill", id });
  return row;
}

/** The drill's row, held until the transaction ends: whoever moves a drill on takes it first, and runs after it. Throws `not-found`. */
export async function lockDrill(tx: Transaction, id: string): Promise<DrillRow> {
  const [row] = await tx.select().from(drills).where(eq(drills.id, id)).for("update");
  if (row === undefined) throw new LifeboatError("not-found", { entity: "drill", id });
  return row;
}
