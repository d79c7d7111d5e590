import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/people";
import { LifeboatError } from "#lib/domain/error";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { lockUser } from "./load-user.ts";
import { issueLink } from "./one-time-link.ts";
import { requireAuthorityOver } from "./require-authority.ts";

/**
 * A new link for a person: to accept the invitation while there is no password, else to set a new one. Nothing else changes until it is
 * used. Throws `not-found`, `user-disabled` { name }, and `not-allowed` where the caller's token does not cover the person's role.
 */
export async function createUserLink(
  context: ServiceContext,
  { params }: EndpointInput<typeof contract.createUserLink>,
): Promise<contract.OneTimeLinkDto> {
  authorise(context, "people:manage");
  return context.db.transaction(async (tx) => {
    const person = await lockUser(tx, params.id);
    requireAuthorityOver(context, person.role);
    if (person.disabledAt !== null) throw new LifeboatError("user-disabled", { name: person.name });
    const link = await issueLink(tx, context, person);
    await recordAudit(tx, context, {
      action: "user.create-link",
      targetType: "user",
      targetId: person.id,
      targetName: person.name,
      after: { purpose: link.purpose, linkExpiresAt: link.expiresAt },
    });
    return link;
  });
}
