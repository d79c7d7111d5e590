import { eq, type SQL, sql } from "drizzle-orm";
import type { PolicyDto } from "#lib/contracts/policies";
import type { Database, Transaction } from "#lib/db/client";
import { retentionPolicies } from "#lib/db/schema/retention-policies";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import { type PolicyRow, toPolicyDto } from "./dto.ts";

/** How many sources go by the policy. Tables are named by hand, as in `servers/load.ts`. */
export const sourceCount: SQL<number> = sql<number>`(
  select count(*)::int from ${sources} where ${sources}.retention_policy_id = ${retentionPolicies}.id and ${sources}.removed_at is null
)`;

/** One policy. Throws `not-found`. */
export async function loadPolicy(db: Database | Transaction, id: string): Promise<PolicyDto> {
  const [found] = await db.select({ policy: retentionPolicies, sourceCount }).from(retentionPolicies).where(eq(retentionPolicies.id, id));
  if (found === undefined) throw new LifeboatError("not-found", { entity: "policy", id });
  return toPolicyDto(found.policy, found);
}

/** The row, locked for a change until the transaction ends. Throws `not-found`. */
export async function lockPolicy(tx: Transaction, id: string): Promise<PolicyRow> {
  const [row] = await tx.select().from(retentionPolicies).where(eq(retentionPolicies.id, id)).for("update");
  if (row === undefined) throw new LifeboatError("not-found", { entity: "policy", id });
  return row;
}

/** The policy that a source goes by; null keeps everything. */
export async function findPolicyOf(db: Database | Transaction, sourceId: string): Promise<PolicyRow | null> {
  const [found] = await db
    .select({ policy: retentionPolicies })
    .from(sources)
    .innerJoin(retentionPolicies, eq(retentionPolicies.id, sources.retentionPolicyId))
    .where(eq(sources.id, sourceId));
  return found?.policy ?? null;
}
