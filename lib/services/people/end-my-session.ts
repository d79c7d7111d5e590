import { and, eq } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/people";
import { sessions } from "#lib/db/schema/sessions";
import { LifeboatError } from "#lib/domain/error";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { isOpenSession } from "./open-session.ts";
import { ownId } from "./own-id.ts";

/** Ends one open session of the caller. Somebody else's is `not-found`, like one that is over. */
export async function endMySession(
  context: ServiceContext,
  { params }: EndpointInput<typeof contract.endMySession>,
): Promise<EndpointOutput<typeof contract.endMySession>> {
  authorise(context, "profile:edit");
  const userId = ownId(context);
  const now = context.now();
  return context.db.transaction(async (tx) => {
    const [ended] = await tx
      .update(sessions)
      .set({ endedAt: now })
      .where(and(eq(sessions.id, params.id), eq(sessions.userId, userId), isOpenSession(now)))
      .returning({ address: sessions.address });
    if (ended === undefined) throw new LifeboatError("not-found", { entity: "session", id: params.id });
    await recordAudit(tx, context, {
      action: "session.end",
      targetType: "user",
      targetId: userId,
      targetName: context.actor.name,
      after: { session: params.id, from: ended.address },
    });
    return { ended: 1 };
  });
}
