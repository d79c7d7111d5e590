import { eq, sql } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/people";
import { users } from "#lib/db/schema/users";
import { LifeboatError } from "#lib/domain/error";
import { dummyHash, hashPassword, verifyPassword } from "#lib/secrets/password";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { endSessionsOf } from "./end-sessions.ts";
import { getUserOrThrow, lockUser } from "./load-user.ts";
import { endLinksOf } from "./one-time-link.ts";
import { ownId } from "./own-id.ts";
import { attemptKey, forgiveAttempt, reserveAttempt } from "./sign-in-limit.ts";

/**
 * Sets the caller's own password and ends every other session and every waiting link. The current password is limited like a sign-in, under
 * the same count: a stolen session is no way to guess on. Throws `password-not-yours`, `sign-in-blocked`; tokens get `not-allowed`.
 */
export async function changeMyPassword(
  context: ServiceContext,
  { body }: EndpointInput<typeof contract.changeMyPassword>,
): Promise<EndpointOutput<typeof contract.changeMyPassword>> {
  authorise(context, "profile:edit");
  const person = await getUserOrThrow(context.db, ownId(context));
  const target = { targetType: "user", targetId: person.id, targetName: person.name };
  const now = context.now();
  const keys = [attemptKey("account", person.email), attemptKey("address", context.address ?? "unknown")];
  await reserveAttempt(context.db, keys, now);
  if (!(await verifyPassword(body.current, person.passwordHash ?? (await dummyHash())))) {
    await recordAudit(context.db, context, { action: "user.change-password-failed", ...target });
    throw new LifeboatError("password-not-yours");
  }
  const passwordHash = await hashPassword(body.next);
  const ended = await context.db.transaction(async (tx) => {
    const row = await lockUser(tx, person.id);
    // Somebody set another one in the meantime, by a link: the one that was checked is no longer the current one.
    if (row.passwordHash !== person.passwordHash || row.disabledAt !== null) throw new LifeboatError("password-not-yours");
    await tx
      .update(users)
      .set({ passwordHash, version: sql`${users.version} + 1`, updatedAt: now })
      .where(eq(users.id, row.id));
    await endLinksOf(tx, row.id);
    const count = await endSessionsOf(tx, row.id, now, { exceptSessionId: context.actor.sessionId });
    await recordAudit(tx, context, { action: "user.change-password", ...target, after: { ended: count } });
    return count;
  });
  await forgiveAttempt(context.db, keys);
  return { ended };
}
