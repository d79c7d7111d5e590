import { and, eq, ne, sql } from "drizzle-orm";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/policies";
import { retentionPolicies } from "#lib/db/schema/retention-policies";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { refuseStale, requireVersion } from "../require-version.ts";
import { duplicateName } from "./create.ts";
import { auditedPolicy } from "./dto.ts";
import { loadPolicy, lockPolicy } from "./load.ts";

/**
 * Changes a policy for all sources that go by it, or makes it the one of new sources; what is in the trash keeps its date. Throws `not-found`,
 * `version-required`, `version-conflict`, `policy-duplicate` { name }.
 */
export async function updatePolicy(
  context: ServiceContext,
  input: EndpointInput<typeof contract.updatePolicy>,
): Promise<contract.PolicyDto> {
  authorise(context, "policies:write");
  const { id } = input.params;
  const expected = requireVersion(input.ifMatch);
  try {
    return await context.db.transaction(async (tx) => {
      // Of two who choose at the same moment the second must see what the first chose; taken before any row, so that neither holds what the other waits for.
      if (input.body.isDefault === true)
        await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('lifeboat.default-policy', 0))`);
      const row = await lockPolicy(tx, id);
      refuseStale("policy", row.version, expected);
      const now = context.now();
      if (input.body.isDefault === true) {
        await tx
          .update(retentionPolicies)
          .set({ isDefault: false, updatedAt: now })
          .where(and(eq(retentionPolicies.isDefault, true), ne(retentionPolicies.id, id)));
      }
      const [after] = await tx
        .update(retentionPolicies)
        .set({ ...input.body, version: row.version + 1, updatedAt: now })
        .where(eq(retentionPolicies.id, id))
        .returning();
      if (after === undefined) throw new Error("the update returned no row");
      await recordAudit(tx, context, {
        action: "policy.update",
        targetType: "policy",
        targetId: id,
        targetName: after.name,
        before: auditedPolicy(row),
        after: auditedPolicy(after),
      });
      return loadPolicy(tx, id);
    });
  } catch (error) {
    throw duplicateName(error, input.body.name ?? "");
  }
}
