import { createHash } from "node:crypto";
import { eq, inArray, sql } from "drizzle-orm";
import type { Database } from "#lib/db/client";
import { signInAttempts } from "#lib/db/schema/sign-in-attempts";
import { LifeboatError } from "#lib/domain/error";
import { failureMemoryMs, signInDelaySeconds, type SignInKeyKind } from "#lib/domain/sign-in-delay";

/** `account:<sha256>`, `address:<address>`, `setup:<address>` or `link:<address>`. E-mail addresses are not kept in clear. */
export function attemptKey(kind: SignInKeyKind, value: string): string {
  return kind === "account" ? `account:${createHash("sha256").update(value.trim().toLowerCase()).digest("hex")}` : `${kind}:${value}`;
}

function kindOf(key: string): SignInKeyKind {
  return key.split(":", 1)[0] as SignInKeyKind;
}

/**
 * Counts a try as failed before it is made, so that a hundred tries at once are a hundred counted tries. Throws `sign-in-blocked`
 * { retryAfterSeconds } while one of the keys is blocked; then nothing is counted.
 */
export async function reserveAttempt(db: Database, keys: readonly string[], now: Date): Promise<void> {
  const ordered = [...keys].sort();
  await db.transaction(async (tx) => {
    await tx
      .insert(signInAttempts)
      .values(ordered.map((key) => ({ key, failures: 0, lastFailureAt: now })))
      .onConflictDoNothing();
    const rows = await tx
      .select()
      .from(signInAttempts)
      .where(inArray(signInAttempts.key, ordered))
      .orderBy(signInAttempts.key)
      .for("update");
    const waits = rows.map((row) => (row.blockedUntil === null ? 0 : row.blockedUntil.getTime() - now.getTime()));
    const longest = Math.max(0, ...waits);
    if (longest > 0) throw new LifeboatError("sign-in-blocked", { retryAfterSeconds: Math.ceil(longest / 1000) });
    for (const row of rows) {
      const isForgotten = now.getTime() - row.lastFailureAt.getTime() > failureMemoryMs;
      const failures = (isForgotten ? 0 : row.failures) + 1;
      const delay = signInDelaySeconds(kindOf(row.key), failures);
      const blockedUntil = delay === 0 ? null : new Date(now.getTime() + delay * 1000);
      await tx.update(signInAttempts).set({ failures, lastFailureAt: now, blockedUntil }).where(eq(signInAttempts.key, row.key));
    }
  });
}

/**
 * Takes back what was reserved, after a try that succeeded: the account's count ends, an address only loses this one try (else whoever
 * has one account could guess at the others without end).
 */
export async function forgiveAttempt(db: Database, keys: readonly string[]): Promise<void> {
  const accounts = keys.filter((key) => kindOf(key) === "account");
  const others = keys.filter((key) => kindOf(key) !== "account");
  if (accounts.length > 0) await db.delete(signInAttempts).where(inArray(signInAttempts.key, accounts));
  if (others.length === 0) return;
  await db
    .update(signInAttempts)
    .set({ failures: sql`greatest(0, ${signInAttempts.failures} - 1)`, blockedUntil: null })
    .where(inArray(signInAttempts.key, others));
}
