import { and, eq, isNull } from "drizzle-orm";
import type { OneTimeLinkDto } from "#lib/contracts/people";
import type { Transaction } from "#lib/db/client";
import { oneTimeLinks } from "#lib/db/schema/one-time-links";
import { newToken, tokenHash, tokenPrefixes } from "#lib/secrets/token";
import type { ServiceContext } from "../context.ts";
import type { UserRow } from "./user-dto.ts";

const hourMs = 60 * 60 * 1000;

/** How long links work, in milliseconds. An invitation may wait over a weekend; a reset is waited for. */
export const linkLifetimeMs = { invite: 72 * hourMs, reset: 24 * hourMs } as const;

/** Ends the links of a person that nobody used yet. */
export async function endLinksOf(tx: Transaction, userId: string): Promise<void> {
  await tx.delete(oneTimeLinks).where(and(eq(oneTimeLinks.userId, userId), isNull(oneTimeLinks.usedAt)));
}

/**
 * Makes a link and ends the ones before it; call it while the person's row is locked. The token stands in the fragment, which no browser
 * sends: it reaches neither a log nor a `Referer`. Only its digest is kept.
 */
export async function issueLink(
  tx: Transaction,
  context: ServiceContext,
  person: Pick<UserRow, "id" | "passwordHash">,
): Promise<OneTimeLinkDto> {
  const purpose = person.passwordHash === null ? "invite" : "reset";
  const token = newToken(tokenPrefixes.link);
  const now = context.now();
  const expiresAt = new Date(now.getTime() + linkLifetimeMs[purpose]);
  await endLinksOf(tx, person.id);
  await tx.insert(oneTimeLinks).values({ tokenHash: tokenHash(token), userId: person.id, purpose, createdAt: now, expiresAt });
  return { purpose, path: `/link#${token}`, expiresAt: expiresAt.toISOString() };
}
