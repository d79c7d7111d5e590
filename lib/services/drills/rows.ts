import { asc, eq } from "drizzle-orm";
import type { DrillDetailDto } from "#lib/contracts/drills";
import type { Database, Transaction } from "#lib/db/client";
import { drillChecks } from "#lib/db/schema/drill-checks";
import { drills } from "#lib/db/schema/drills";
import { LifeboatError } from "#lib/domain/error";

export type DrillRow = typeof drills.$inferSelect;
export type DrillCheckRow = typeof drillChecks.$inferSelect;
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

/** A drill's checks in their order. */
export async function loadChecks(db: Database | Transaction, drillId: string): Promise<DrillCheckRow[]> {
  return db.select().from(drillChecks).where(eq(drillChecks.drillId, drillId)).orderBy(asc(drillChecks.ordinal));
}
