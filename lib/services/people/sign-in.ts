import { and, eq, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import { sessions } from "#lib/db/schema/sessions";
import { users } from "#lib/db/schema/users";
import { LifeboatError } from "#lib/domain/error";
import { makeId } from "#lib/domain/ids";
import { dummyHash, verifyPassword } from "#lib/secrets/password";
import { recordAudit } from "../audit/record.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { lockUser } from "./load-user.ts";
import { attemptKey, forgiveAttempt, reserveAttempt } from "./sign-in-limit.ts";
import type { UserRow } from "./user-dto.ts";

/** A session ends a week after its sign-in, in milliseconds, whatever happens. */
export const sessionLifetimeMs = 7 * 24 * 60 * 60 * 1000;

const credentialsSchema = z.object({ email: z.email().max(254), password: z.string().min(1).max(200) });

export type SignInInput = {
  readonly email: unknown;
  readonly password: unknown;
  readonly userAgent: string;
  /** The session that the browser still held: it ends, so that no session outlives a sign-in (fixation). */
  readonly previousSessionId: string | null;
};

/**
 * Checks credentials and opens a session. The same work is done for an unknown address, a disabled person and a wrong password.
 * Throws `sign-in-failed` and `sign-in-blocked` { retryAfterSeconds }.
 */
export async function signIn(
  context: ServiceContext,
  input: SignInInput,
  verify: typeof verifyPassword = verifyPassword,
): Promise<{ sessionId: string; userId: string; name: string }> {
  const parsed = credentialsSchema.safeParse(input);
  if (!parsed.success) throw new LifeboatError("sign-in-failed");
  const { email, password } = parsed.data;
  const now = context.now();
  const keys = [attemptKey("account", email), attemptKey("address", context.address ?? "unknown")];
  await reserveAttempt(context.db, keys, now);
  const [user] = await context.db
    .select()
    .from(users)
    .where(eq(sql`lower(${users.email})`, email.toLowerCase()));
  const isRight = await verify(password, user?.passwordHash ?? (await dummyHash()));
  const opened = user !== undefined && isRight && user.disabledAt === null ? await openSession(context, input, user) : null;
  if (opened === null) {
    const target = { targetType: "user", targetId: user?.id ?? null, targetName: email };
    await recordAudit(context.db, context, { action: "session.sign-in-failed", ...target });
    throw new LifeboatError("sign-in-failed");
  }
  await forgiveAttempt(context.db, keys);
  return opened;
}

/**
 * Opens the session of a person whose password was right. Null when the person was disabled or got another password while it was being
 * checked: whoever did that ended every session, and this one would outlive it.
 */
async function openSession(
  context: ServiceContext,
  input: SignInInput,
  checked: UserRow,
): Promise<{ sessionId: string; userId: string; name: string } | null> {
  const now = context.now();
  const sessionId = makeId("session", context.newUuid());
  return context.db.transaction(async (tx) => {
    const user = await lockUser(tx, checked.id);
    if (user.disabledAt !== null || user.passwordHash !== checked.passwordHash) return null;
    const actor: Actor = { type: "user", id: user.id, name: user.name, role: user.role, scopes: null, sessionId };
    await tx.insert(sessions).values({
      id: sessionId,
      userId: user.id,
      address: context.address ?? "unknown",
      userAgent: input.userAgent.slice(0, 300),
      createdAt: now,
      lastSeenAt: now,
      expiresAt: new Date(now.getTime() + sessionLifetimeMs),
    });
    if (input.previousSessionId !== null) {
      await tx
        .update(sessions)
        .set({ endedAt: now })
        .where(and(eq(sessions.id, input.previousSessionId), isNull(sessions.endedAt)));
    }
    const target = { targetType: "user", targetId: user.id, targetName: user.name };
    await recordAudit(tx, { ...context, actor }, { action: "session.sign-in", ...target });
    return { sessionId, userId: user.id, name: user.name };
  });
}

/** Ends a session's row: its cookie is worth nothing from then on, wherever it was copied to. Quiet when it had ended. */
export async function signOut(context: ServiceContext, sessionId: string): Promise<void> {
  await context.db.transaction(async (tx) => {
    const [ended] = await tx
      .update(sessions)
      .set({ endedAt: context.now() })
      .where(and(eq(sessions.id, sessionId), isNull(sessions.endedAt)))
      .returning({ userId: sessions.userId });
    if (ended === undefined) return;
    const [user] = await tx.select().from(users).where(eq(users.id, ended.userId));
    const name = user?.name ?? "";
    const actor: Actor = { type: "user", id: ended.userId, name, role: user?.role ?? "viewer", scopes: null, sessionId };
    const target = { targetType: "user", targetId: ended.userId, targetName: name };
    await recordAudit(tx, { ...context, actor }, { action: "session.sign-out", ...target });
  });
}
