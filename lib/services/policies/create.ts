import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/policies";
import { retentionPolicies } from "#lib/db/schema/retention-policies";
import { LifeboatError } from "#lib/domain/error";
import { makeId } from "#lib/domain/ids";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { isUniqueViolation } from "../unique-violation.ts";
import { auditedPolicy } from "./dto.ts";
import { loadPolicy } from "./load.ts";

/** Adds a retention policy. Throws `policy-duplicate` { name }. */
export async function createPolicy(
  context: ServiceContext,
  input: EndpointInput<typeof contract.createPolicy>,
): Promise<contract.PolicyDto> {
  authorise(context, "policies:write");
  const { body } = input;
  try {
    return await context.db.transaction(async (tx) => {
      const now = context.now();
      const id = makeId("policy", context.newUuid());
      const [row] = await tx
        .insert(retentionPolicies)
        .values({ ...body, id, createdAt: now, updatedAt: now })
        .returning();
      if (row === undefined) throw new Error("the insert returned no row");
      await recordAudit(tx, context, {
        action: "policy.create",
        targetType: "policy",
        targetId: id,
        targetName: row.name,
        after: auditedPolicy(row),
      });
      return loadPolicy(tx, id);
    });
  } catch (error) {
    throw duplicateName(error, body.name);
  }
}

/** A refused name as its own error; anything else stays what it is. */
export function duplicateName(error: unknown, name: string): unknown {
  return isUniqueViolation(error, "retention_policies_name_key")
    ? new LifeboatError("policy-duplicate", { name }, { cause: error })
    : error;
}
