import { and, eq, isNull, lt, or } from "drizzle-orm";
import type { Database } from "#lib/db/client";
import { apiTokens } from "#lib/db/schema/api-tokens";
import { sessions } from "#lib/db/schema/sessions";
import { users } from "#lib/db/schema/users";
import type { Keyring } from "#lib/secrets/keyring";
import { addressHeader } from "#lib/http/client-address";
import { tokenHash } from "#lib/secrets/token";
import type { Actor } from "#lib/services/context";
import { isOpenSession } from "#lib/services/people/open-session";
import { effectiveRole, selectTokens, tokenState } from "#lib/services/tokens/token-dto";
import { cookieValue, readSessionCookie, sessionCookieName } from "./session-cookie.ts";

/** `lastSeenAt` and `lastUsedAt` are written at most this often, in milliseconds. */
const touchEveryMs = 60_000;

export type IdentifyOptions = { readonly db: Database; readonly keyring: Keyring; readonly publicUrl: string; readonly now: Date };

/** Who calls public operations: nobody in particular, with no right at all. */
export const anonymousActor: Actor = { type: "user", id: null, name: "anonymous", role: "viewer", scopes: [], sessionId: null };

/**
 * Says who sends a request: a bearer token where the header is there (then a cookie does not count), else the session's cookie. The rows
 * of session, person and token are read each time, so that disabling, signing out, revoking and a new role work at once. A token
 * never does more than whoever made it may do now. Null is nobody; an error of
 * the catalogue is thrown, never taken for somebody.
 */
export async function identify(headers: Headers, options: IdentifyOptions): Promise<Actor | null> {
  const authorization = headers.get("authorization");
  if (authorization !== null) return identifyToken(authorization, headers.get(addressHeader), options);
  return identifySession(cookieValue(headers.get("cookie"), sessionCookieName(options.publicUrl)), options);
}

async function identifyToken(authorization: string, address: string | null, { db, now }: IdentifyOptions): Promise<Actor | null> {
  const value = /^bearer +([\x21-\x7e]{1,400})$/i.exec(authorization.trim())?.[1];
  if (value === undefined) return null;
  const [row] = await selectTokens(db).where(eq(apiTokens.tokenHash, tokenHash(value)));
  if (row === undefined || tokenState(row, now) !== "active") return null;
  const { token } = row;
  const isElsewhere = address !== null && address !== token.lastUsedAddress;
  if (isElsewhere || token.lastUsedAt === null || now.getTime() - token.lastUsedAt.getTime() > touchEveryMs) {
    const used = { lastUsedAt: now, ...(address === null ? {} : { lastUsedAddress: address }) };
    await db.update(apiTokens).set(used).where(eq(apiTokens.id, token.id));
  }
  return { type: "token", id: token.id, name: token.name, role: effectiveRole(row), scopes: token.scopes, sessionId: null };
}

async function identifySession(cookie: string | null, { db, keyring, now }: IdentifyOptions): Promise<Actor | null> {
  const named = await readSessionCookie(cookie, keyring);
  if (named === null) return null;
  const [row] = await db
    .select({ user: users, lastSeenAt: sessions.lastSeenAt })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(eq(sessions.id, named.sessionId), eq(sessions.userId, named.userId), isOpenSession(now), isNull(users.disabledAt)));
  if (row === undefined) return null;
  if (now.getTime() - row.lastSeenAt.getTime() > touchEveryMs) {
    await db
      .update(sessions)
      .set({ lastSeenAt: now })
      .where(and(eq(sessions.id, named.sessionId), or(isNull(sessions.endedAt), lt(sessions.lastSeenAt, now))));
  }
  const { user } = row;
  return { type: "user", id: user.id, name: user.name, role: user.role, scopes: null, sessionId: named.sessionId };
}
