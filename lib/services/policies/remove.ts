import { and, eq, isNotNull, isNull, sql } from "drizzle-orm";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/policies";
import { retentionPolicies } from "#lib/db/schema/retention-policies";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { refuseStale, requireVersion } from "../require-version.ts";
import { auditedPolicy } from "./dto.ts";
import { lockPolicy } from "./load.ts";

/** Removes a policy that no source uses. Throws `not-found`, `version-required`, `version-conflict`, `policy-in-use` { count }. */
export async function deletePolicy(context: ServiceContext, input: EndpointInput<typeof contract.deletePolicy>): Promise<null> {
  authorise(context, "policies:write");
  const { id } = input.params;
  const expected = requireVersion(input.ifMatch);
  await context.db.transaction(async (tx) => {
    const row = await lockPolicy(tx, id);
    refuseStale("policy", row.version, expected);
    const [using] = await tx
      .select({ count: sql<number>`count(*)::int` })
      .from(sources)
      .where(and(eq(sources.retentionPolicyId, id), isNull(sources.removedAt)));
    if (using !== undefined && using.count > 0) throw new LifeboatError("policy-in-use", { count: using.count });
    // A removed source keeps its row, and what is left of it.
    await tx
      .update(sources)
      .set({ retentionPolicyId: null })
      .where(and(eq(sources.retentionPolicyId, id), isNotNull(sources.removedAt)));
    await tx.delete(retentionPolicies).where(eq(retentionPolicies.id, id));
    await recordAudit(tx, context, {
      action: "policy.delete",
      targetType: "policy",
      targetId: id,
      targetName: row.name,
      before: auditedPolicy(row),
    });
  });
  return null;
}
