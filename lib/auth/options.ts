import type { AuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { LifeboatError } from "#lib/domain/error";
import { addressHeader, requestIdHeader } from "#lib/http/client-address";
import { toLifeboatError } from "#lib/http/problem";
import type { Runtime } from "#lib/http/runtime";
import { serviceContext } from "#lib/http/service-context";
import { sessionLifetimeMs, signIn, signOut } from "#lib/services/people/sign-in";
import { anonymousActor, identify } from "./identify.ts";
import { cookieSecret, cookieValue, readSessionCookie, sessionCookieName } from "./session-cookie.ts";

type PlainHeaders = Record<string, string | undefined>;

/** next-auth carries one word from here to the browser: `sign-in-failed`, `sign-in-blocked:<seconds>` or `catalogue-unavailable`. */
function asSignInError(error: unknown): Error {
  const { code, params } = toLifeboatError(error);
  return new Error(code === "sign-in-blocked" ? `${code}:${params["retryAfterSeconds"]}` : code);
}

/**
 * next-auth with one provider and JWT sessions whose token only names a row: `sid` (session) and `sub` (person). What counts is read from
 * the rows on every request by `identify`.
 */
export function authOptions(runtime: Runtime, headers: Headers): AuthOptions {
  const { env, keyring, catalogue, logger } = runtime;
  const isSecure = env.publicUrl.startsWith("https://");
  const cookieOptions = { httpOnly: true, sameSite: "lax", path: "/", secure: isSecure } as const;
  const context = () =>
    serviceContext(runtime, anonymousActor, { address: headers.get(addressHeader), requestId: headers.get(requestIdHeader) });

  return {
    secret: cookieSecret(keyring),
    session: { strategy: "jwt", maxAge: sessionLifetimeMs / 1000 },
    useSecureCookies: isSecure,
    cookies: { sessionToken: { name: sessionCookieName(env.publicUrl), options: cookieOptions } },
    pages: { signIn: "/sign-in", error: "/sign-in", signOut: "/sign-in" },
    logger: {
      error: (code, metadata) => logger.debug("next-auth", { code, error: metadata instanceof Error ? metadata : undefined }),
      warn: () => undefined,
      debug: () => undefined,
    },
    providers: [
      CredentialsProvider({
        credentials: { email: { type: "email" }, password: { type: "password" } },
        async authorize(credentials, request) {
          const sent = (request.headers ?? {}) as PlainHeaders;
          const previous = await readSessionCookie(cookieValue(sent["cookie"] ?? null, sessionCookieName(env.publicUrl)), keyring);
          try {
            const session = await signIn(context(), {
              email: credentials?.email,
              password: credentials?.password,
              userAgent: sent["user-agent"] ?? "",
              previousSessionId: previous?.sessionId ?? null,
            });
            return { id: session.userId, name: session.name, sessionId: session.sessionId };
          } catch (error) {
            if (!(error instanceof LifeboatError)) logger.error("sign-in failed unexpectedly", { error });
            throw asSignInError(error);
          }
        },
      }),
    ],
    callbacks: {
      async jwt({ token, user }) {
        if (user !== undefined && user !== null) return { sub: user.id, sid: (user as { sessionId?: string }).sessionId };
        // Thrown, next-auth clears the cookie: a session whose row has ended is not renewed.
        const actor = await identify(headers, { db: catalogue.db, keyring, publicUrl: env.publicUrl, now: new Date() });
        if (actor === null || actor.sessionId !== token["sid"]) throw new Error("the session has ended");
        return { sub: token.sub, sid: token["sid"] };
      },
      session: ({ session }) => session,
      redirect: ({ url, baseUrl }) => (url.startsWith("/") && !url.startsWith("//") && !url.includes("\\") ? `${baseUrl}${url}` : baseUrl),
    },
    events: {
      async signOut({ token }) {
        const sessionId = token?.["sid"];
        if (typeof sessionId === "string") await signOut(context(), sessionId);
      },
    },
  };
}
