import { and, notInArray, or, sql, eq, type SQL } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { drills } from "#lib/db/schema/drills";
import { LifeboatError } from "#lib/domain/error";

/** Throws `drill-open` { drillId } while a drill of the source is not over. */
export function refuseOpenDrillOf(tx: Transaction, sourceId: string): Promise<void> {
  return refuse(tx, eq(drills.sourceId, sourceId));
}

/** Throws `drill-open` { drillId } while a drill is not over that restores, or shall, to the server: its copy could not be removed any more. */
export function refuseOpenDrillOn(tx: Transaction, serverId: string): Promise<void> {
  return refuse(tx, or(sql`${drills.target} ->> 'serverId' = ${serverId}`, sql`${drills.wantedTarget} ->> 'serverId' = ${serverId}`));
}

async function refuse(tx: Transaction, which: SQL | undefined): Promise<void> {
  const [open] = await tx
    .select({ id: drills.id })
    .from(drills)
    .where(and(which, notInArray(drills.state, ["closed", "aborted"])))
    .limit(1);
  if (open !== undefined) throw new LifeboatError("drill-open", { drillId: open.id });
}
