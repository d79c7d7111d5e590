import { and, eq, isNull } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { setupTokens } from "#lib/db/schema/setup-tokens";
import { LifeboatError } from "#lib/domain/error";
import { newToken, tokenHash } from "#lib/secrets/token";
import type { ServiceContext } from "../context.ts";

/** How long a set-up link works, in milliseconds. */
export const setupTokenLifetimeMs = 24 * 60 * 60 * 1000;

/** Makes a fresh one-time token for the first admin and ends the ones before it: a restart prints the one link that works. */
export async function issueSetupToken(tx: Transaction, context: ServiceContext): Promise<string> {
  const token = newToken();
  const now = context.now();
  await tx.delete(setupTokens).where(and(eq(setupTokens.purpose, "first-admin"), isNull(setupTokens.usedAt)));
  await tx.insert(setupTokens).values({
    tokenHash: tokenHash(token),
    purpose: "first-admin",
    createdAt: now,
    expiresAt: new Date(now.getTime() + setupTokenLifetimeMs),
  });
  return token;
}

/** Uses a token up, in the transaction of what it allows. Throws `setup-token-invalid` when it is unknown, used or too old. */
export async function useSetupToken(tx: Transaction, context: ServiceContext, token: string): Promise<void> {
  const now = context.now();
  const [row] = await tx
    .update(setupTokens)
    .set({ usedAt: now })
    .where(and(eq(setupTokens.tokenHash, tokenHash(token)), eq(setupTokens.purpose, "first-admin"), isNull(setupTokens.usedAt)))
    .returning({ expiresAt: setupTokens.expiresAt });
  if (row === undefined || row.expiresAt <= now) throw new LifeboatError("setup-token-invalid");
}
