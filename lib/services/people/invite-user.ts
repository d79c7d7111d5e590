import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/people";
import { users } from "#lib/db/schema/users";
import { LifeboatError } from "#lib/domain/error";
import { makeId } from "#lib/domain/ids";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { isUniqueViolation } from "../unique-violation.ts";
import { issueLink } from "./one-time-link.ts";
import { requireAuthorityOver } from "./require-authority.ts";
import { auditedUser, toUserDto } from "./user-dto.ts";

/**
 * Makes a person without a password, and the link that sets one. Throws `user-duplicate` { email }, letter case aside, and `not-allowed`
 * for a role that the caller's own token does not cover.
 */
export async function inviteUser(
  context: ServiceContext,
  { body }: EndpointInput<typeof contract.inviteUser>,
): Promise<EndpointOutput<typeof contract.inviteUser>> {
  authorise(context, "people:manage");
  requireAuthorityOver(context, body.role);
  const id = makeId("user", context.newUuid());
  const now = context.now();
  try {
    return await context.db.transaction(async (tx) => {
      const [row] = await tx
        .insert(users)
        .values({ id, ...body, passwordHash: null, createdAt: now, updatedAt: now })
        .returning();
      if (row === undefined) throw new Error("the insert returned no row");
      const link = await issueLink(tx, context, row);
      await recordAudit(tx, context, {
        action: "user.invite",
        targetType: "user",
        targetId: id,
        targetName: row.name,
        after: { ...auditedUser(row), linkExpiresAt: link.expiresAt },
      });
      return { user: await toUserDto(tx, row, now), link };
    });
  } catch (error) {
    if (isUniqueViolation(error, "users_email_key")) throw new LifeboatError("user-duplicate", { email: body.email }, { cause: error });
    throw error;
  }
}
