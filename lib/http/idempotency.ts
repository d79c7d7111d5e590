import { and, eq, isNull, lt } from "drizzle-orm";
import type { Database } from "#lib/db/client";
import { idempotencyKeys } from "#lib/db/schema/idempotency-keys";
import { LifeboatError } from "#lib/domain/error";
import type { Keyring } from "#lib/secrets/keyring";
import { InvalidInputError } from "./problem.ts";

/** How long an answer is kept, in milliseconds. */
const keptMs = 24 * 60 * 60 * 1000;
/** A first request that has not answered after this long is dead, in milliseconds. */
const abandonedMs = 60 * 1000;

export type Answer = { readonly status: number; readonly body: unknown };

/** The request's key, or null. Throws `invalid-input` for one that is not 1 to 200 printable ASCII characters. */
export function idempotencyKey(headers: Headers): string | null {
  const key = headers.get("idempotency-key");
  if (key === null) return null;
  if (!/^[\x21-\x7e]{1,200}$/.test(key))
    throw new InvalidInputError([{ path: "Idempotency-Key", message: "1 to 200 printable characters" }]);
  return key;
}

/** Tells a repeated request from another one: method, path and body. Keyed, because bodies carry passwords that a plain digest lets guess. */
export function requestHash(keyring: Keyring, parts: readonly string[]): string {
  return keyring.hmac("idempotency", JSON.stringify(parts));
}

/**
 * Does `work` once per actor and key: a repeated request gets the first one's answer, another one under the same key (or while the first
 * still works) throws `idempotency-mismatch`. Work that fails frees its key, so that a retry is a fresh try.
 * Answers are kept sealed: some hold a secret that is shown once, and the catalogue must open nothing.
 */
export async function answerOnce(
  db: Database,
  keyring: Keyring,
  request: { actor: string; key: string; bodyHash: string; now: Date },
  work: () => Promise<Answer>,
): Promise<Answer & { replayed: boolean }> {
  const { actor, key, bodyHash, now } = request;
  const sealedFor = JSON.stringify(["idempotency", actor, key]);
  const mine = and(eq(idempotencyKeys.actor, actor), eq(idempotencyKeys.key, key));
  await db
    .delete(idempotencyKeys)
    .where(and(eq(idempotencyKeys.actor, actor), lt(idempotencyKeys.createdAt, new Date(now.getTime() - keptMs))));
  const taken = await db
    .insert(idempotencyKeys)
    .values({ actor, key, bodyHash, createdAt: now })
    .onConflictDoUpdate({
      target: [idempotencyKeys.actor, idempotencyKeys.key],
      set: { createdAt: now },
      setWhere: and(
        eq(idempotencyKeys.bodyHash, bodyHash),
        lt(idempotencyKeys.createdAt, new Date(now.getTime() - abandonedMs)),
        isNull(idempotencyKeys.status),
      ),
    })
    .returning({ key: idempotencyKeys.key });
  if (taken.length === 0) {
    const [first] = await db.select().from(idempotencyKeys).where(mine);
    if (first === undefined || first.bodyHash !== bodyHash || first.status === null) throw new LifeboatError("idempotency-mismatch");
    return { status: first.status, body: JSON.parse(keyring.open(first.response ?? "", sealedFor)) as unknown, replayed: true };
  }
  try {
    const answer = await work();
    await db
      .update(idempotencyKeys)
      .set({ status: answer.status, response: keyring.seal(JSON.stringify(answer.body), sealedFor) })
      .where(mine);
    return { ...answer, replayed: false };
  } catch (error) {
    await db.delete(idempotencyKeys).where(mine);
    throw error;
  }
}
