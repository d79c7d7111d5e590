import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/people";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { endSessionsOf } from "./end-sessions.ts";
import { lockUser } from "./load-user.ts";
import { requireAuthorityOver } from "./require-authority.ts";

/** Ends every session of a person, one's own included. Throws `not-found`, and `not-allowed` like every change of a person. */
export async function endUserSessions(
  context: ServiceContext,
  { params }: EndpointInput<typeof contract.endUserSessions>,
): Promise<EndpointOutput<typeof contract.endUserSessions>> {
  authorise(context, "people:manage");
  return context.db.transaction(async (tx) => {
    const person = await lockUser(tx, params.id);
    requireAuthorityOver(context, person.role);
    const ended = await endSessionsOf(tx, person.id, context.now());
    await recordAudit(tx, context, {
      action: "user.end-sessions",
      targetType: "user",
      targetId: person.id,
      targetName: person.name,
      after: { ended },
    });
    return { ended };
  });
}
