import { randomBytes } from "node:crypto";
import { encode } from "next-auth/jwt";
import { cookieSecret, sessionCookieName } from "#lib/auth/session-cookie";
import type { Catalogue } from "#lib/db/client";
import { apiTokens } from "#lib/db/schema/api-tokens";
import { sessions } from "#lib/db/schema/sessions";
import { users } from "#lib/db/schema/users";
import type { Role } from "#lib/domain/permissions";
import { makeId } from "#lib/domain/ids";
import { readEnv } from "#lib/env/env";
import type { Runtime } from "#lib/http/runtime";
import { createLogger } from "#lib/log/log";
import { createKeyring } from "#lib/secrets/keyring";
import { newToken, tokenHash } from "#lib/secrets/token";
import { newUuid } from "#lib/services/new-uuid";

export type TestRuntime = Runtime & { readonly logged: Record<string, unknown>[]; readonly stop: () => void };

/** What the web server shares with its routes, on a test's catalogue; `logged` collects every line. */
export function testRuntime(catalogue: Catalogue, overrides: Record<string, string> = {}): TestRuntime {
  const logged: Record<string, unknown>[] = [];
  const stopping = new AbortController();
  return {
    env: readEnv({ LIFEBOAT_URL: "http://127.0.0.1:3210", LIFEBOAT_DATA_DIR: "/nonexistent", ...overrides }),
    catalogue,
    keyring: createKeyring(randomBytes(32)),
    logger: createLogger("debug", {}, (line) => void logged.push(JSON.parse(line) as Record<string, unknown>)),
    wake: () => Promise.resolve(),
    stopping: stopping.signal,
    logged,
    stop: () => stopping.abort(),
  };
}

export type TestPerson = { userId: string; sessionId: string; cookie: string };

/** A person with an open session, and the cookie that names it. */
export async function signedInPerson(
  runtime: Runtime,
  role: Role,
  session: Partial<typeof sessions.$inferInsert> = {},
): Promise<TestPerson> {
  const { db } = runtime.catalogue;
  const userId = makeId("user", newUuid());
  const sessionId = makeId("session", newUuid());
  const now = new Date();
  await db
    .insert(users)
    .values({ id: userId, email: `${userId}@example.org`, name: role, role, passwordHash: "none", createdAt: now, updatedAt: now });
  const expiresAt = new Date(now.getTime() + 3_600_000);
  const row = { id: sessionId, userId, address: "127.0.0.1", userAgent: "test", createdAt: now, lastSeenAt: now, expiresAt, ...session };
  await db.insert(sessions).values(row);
  const sealed = await encode({ token: { sub: userId, sid: sessionId }, secret: cookieSecret(runtime.keyring) });
  return { userId, sessionId, cookie: `${sessionCookieName(runtime.env.publicUrl)}=${sealed}` };
}

/** An API token; returns its value. */
export async function bearerToken(runtime: Runtime, role: Role, row: Partial<typeof apiTokens.$inferInsert> = {}): Promise<string> {
  const token = newToken();
  const id = makeId("token", newUuid());
  await runtime.catalogue.db
    .insert(apiTokens)
    .values({ id, name: `token ${role}`, tokenHash: tokenHash(token), role, createdAt: new Date(), ...row });
  return token;
}
