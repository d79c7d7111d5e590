import { and, eq, gt, isNull, sql } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/people";
import type { Transaction } from "#lib/db/client";
import { oneTimeLinks } from "#lib/db/schema/one-time-links";
import { users } from "#lib/db/schema/users";
import { LifeboatError } from "#lib/domain/error";
import { hashPassword } from "#lib/secrets/password";
import { tokenHash } from "#lib/secrets/token";
import { recordAudit } from "../audit/record.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { endSessionsOf } from "./end-sessions.ts";
import { lockUser } from "./load-user.ts";
import { endLinksOf } from "./one-time-link.ts";
import { attemptKey, forgiveAttempt, reserveAttempt } from "./sign-in-limit.ts";
import type { UserRow } from "./user-dto.ts";

/** Uses the link up and returns its person, locked. One of several who come at once gets through. */
async function claimLink(
  tx: Transaction,
  digest: string,
  now: Date,
): Promise<{ person: UserRow; purpose: contract.OneTimeLinkDto["purpose"] }> {
  const [link] = await tx.select().from(oneTimeLinks).where(eq(oneTimeLinks.tokenHash, digest));
  if (link === undefined) throw new LifeboatError("link-invalid");
  // The person before the link: the order of everybody who makes or ends links.
  const person = await lockUser(tx, link.userId);
  if (person.disabledAt !== null) throw new LifeboatError("link-invalid");
  const claimed = await tx
    .update(oneTimeLinks)
    .set({ usedAt: now })
    .where(and(eq(oneTimeLinks.tokenHash, digest), isNull(oneTimeLinks.usedAt), gt(oneTimeLinks.expiresAt, now)))
    .returning({ purpose: oneTimeLinks.purpose });
  const purpose = claimed[0]?.purpose;
  if (purpose === undefined) throw new LifeboatError("link-invalid");
  return { person, purpose };
}

/**
 * Public: sets the password of the person whom a link is for, uses the link up and ends every session of that person, in one transaction.
 * The password is hashed first, whatever the link: an answer's time tells nothing. Throws `link-invalid` and `sign-in-blocked`.
 */
export async function useLink(
  context: ServiceContext,
  { body }: EndpointInput<typeof contract.useLink>,
  hash: typeof hashPassword = hashPassword,
): Promise<EndpointOutput<typeof contract.useLink>> {
  const now = context.now();
  const keys = [attemptKey("link", context.address ?? "unknown")];
  await reserveAttempt(context.db, keys, now);
  const passwordHash = await hash(body.password);
  const email = await context.db.transaction(async (tx) => {
    const { person, purpose } = await claimLink(tx, tokenHash(body.token), now);
    await tx
      .update(users)
      .set({ passwordHash, version: sql`${users.version} + 1`, updatedAt: now })
      .where(eq(users.id, person.id));
    await endLinksOf(tx, person.id);
    const ended = await endSessionsOf(tx, person.id, now);
    const actor: Actor = { type: "user", id: person.id, name: person.name, role: person.role, scopes: null, sessionId: null };
    await recordAudit(
      tx,
      { ...context, actor },
      {
        action: purpose === "invite" ? "user.accept-invite" : "user.reset-password",
        targetType: "user",
        targetId: person.id,
        targetName: person.name,
        after: { ended },
      },
    );
    return person.email;
  });
  // Whoever could read the link is the person: guesses of others no longer keep it from signing in.
  await forgiveAttempt(context.db, [...keys, attemptKey("account", email)]);
  return { email };
}
