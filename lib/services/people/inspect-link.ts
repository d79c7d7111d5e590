import { and, eq, gt, isNull } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/people";
import { oneTimeLinks } from "#lib/db/schema/one-time-links";
import { users } from "#lib/db/schema/users";
import { LifeboatError } from "#lib/domain/error";
import { tokenHash } from "#lib/secrets/token";
import type { ServiceContext } from "../context.ts";
import { attemptKey, forgiveAttempt, reserveAttempt } from "./sign-in-limit.ts";

/** Public: whom a link is for. An unknown, used, old or replaced link and one of a disabled person are all the same `link-invalid`. */
export async function inspectLink(
  context: ServiceContext,
  { body }: EndpointInput<typeof contract.inspectLink>,
): Promise<EndpointOutput<typeof contract.inspectLink>> {
  const now = context.now();
  const keys = [attemptKey("link", context.address ?? "unknown")];
  await reserveAttempt(context.db, keys, now);
  const [found] = await context.db
    .select({ purpose: oneTimeLinks.purpose, expiresAt: oneTimeLinks.expiresAt, email: users.email, name: users.name })
    .from(oneTimeLinks)
    .innerJoin(users, eq(users.id, oneTimeLinks.userId))
    .where(
      and(
        eq(oneTimeLinks.tokenHash, tokenHash(body.token)),
        isNull(oneTimeLinks.usedAt),
        gt(oneTimeLinks.expiresAt, now),
        isNull(users.disabledAt),
      ),
    );
  if (found === undefined) throw new LifeboatError("link-invalid");
  await forgiveAttempt(context.db, keys);
  return { ...found, expiresAt: found.expiresAt.toISOString() };
}
