import { and, eq, inArray } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { drills } from "#lib/db/schema/drills";
import { LifeboatError } from "#lib/domain/error";

/** States in which a drill may still read its backup, or compare its copy with what was recorded of it. */
const needing = ["prepared", "restoring", "restore-failed", "validating"] as const;

/** Refuses to remove a backup that an open drill restores: `drill-open` { drillId }. Afterwards the drill's own row names what it was. */
export async function refuseNeededByDrill(tx: Transaction, backupId: string): Promise<void> {
  const [open] = await tx
    .select({ id: drills.id })
    .from(drills)
    .where(and(eq(drills.backupId, backupId), inArray(drills.state, [...needing])))
    .limit(1);
  if (open !== undefined) throw new LifeboatError("drill-open", { drillId: open.id });
}
