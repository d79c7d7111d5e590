import { desc, eq, or } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { retentionPolicies } from "#lib/db/schema/retention-policies";
import type { SourceEngine } from "#lib/domain/backup-state";
import { LifeboatError } from "#lib/domain/error";
import { oneOf } from "../one-of.ts";

/** "The last 20", as the migration seeded it. */
export const lastTwentyId = "pol_00000000000070008000000000000003";

/**
 * The policy of a new source: the one that was asked for (null: everything is kept), else the default one; else a file keeps its last 20, as long
 * as that policy is there. Throws `not-found` for one that there is not.
 */
export async function retentionOfNewSource(
  tx: Transaction,
  engine: SourceEngine,
  asked: string | null | undefined,
): Promise<string | null> {
  if (asked !== undefined) {
    await refuseUnknownPolicy(tx, asked);
    return asked;
  }
  const ofFiles = engine === "sqlite" ? eq(retentionPolicies.id, lastTwentyId) : undefined;
  const [found] = await tx
    .select({ id: retentionPolicies.id })
    .from(retentionPolicies)
    .where(or(eq(retentionPolicies.isDefault, true), ofFiles))
    .orderBy(desc(retentionPolicies.isDefault))
    .limit(1)
    .for("share");
  return found?.id ?? null;
}

/** Keeps the policy from being removed until the transaction ends. Throws `not-found`. */
export async function refuseUnknownPolicy(tx: Transaction, id: string | null | undefined): Promise<void> {
  if (id === undefined || id === null) return;
  const [found] = await tx.select({ id: retentionPolicies.id }).from(retentionPolicies).where(eq(retentionPolicies.id, id)).for("share");
  if (found === undefined) throw new LifeboatError("not-found", { entity: "policy", id });
}

export async function loadPolicyNames(db: Database | Transaction, ids: string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ id: retentionPolicies.id, name: retentionPolicies.name })
    .from(retentionPolicies)
    .where(oneOf(retentionPolicies.id, [...new Set(ids)]));
  return new Map(rows.map(({ id, name }) => [id, name]));
}
