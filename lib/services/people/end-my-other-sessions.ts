import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/people";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { endSessionsOf } from "./end-sessions.ts";
import { lockUser } from "./load-user.ts";
import { ownId } from "./own-id.ts";

/** Ends the caller's sessions but the one that asks. */
export async function endMyOtherSessions(
  context: ServiceContext,
  _input?: EndpointInput<typeof contract.endMyOtherSessions>,
): Promise<EndpointOutput<typeof contract.endMyOtherSessions>> {
  authorise(context, "profile:edit");
  const userId = ownId(context);
  return context.db.transaction(async (tx) => {
    const person = await lockUser(tx, userId);
    const ended = await endSessionsOf(tx, userId, context.now(), { exceptSessionId: context.actor.sessionId });
    await recordAudit(tx, context, {
      action: "session.end-others",
      targetType: "user",
      targetId: userId,
      targetName: person.name,
      after: { ended },
    });
    return { ended };
  });
}
