import { and, eq, sql } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { gates } from "#lib/db/schema/gates";
import { LifeboatError } from "#lib/domain/error";

/** Refuses to remove the backup of a gate that has not ended: `chain-locked` { chainId, by: the gate }. A deployment may go on because of it. */
export async function refuseNeededByGate(tx: Transaction, backup: { readonly id: string; readonly chainId: string }): Promise<void> {
  const [open] = await tx
    .select({ id: gates.id })
    .from(gates)
    .where(and(eq(gates.backupId, backup.id), sql`${gates.state} not in ('passed', 'failed')`))
    .limit(1);
  if (open !== undefined) throw new LifeboatError("chain-locked", { chainId: backup.chainId, by: open.id });
}
