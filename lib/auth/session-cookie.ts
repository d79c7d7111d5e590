import { decode } from "next-auth/jwt";
import { isId } from "#lib/domain/ids";
import type { Keyring } from "#lib/secrets/keyring";

/** next-auth's name; the `__Secure-` prefix makes browsers refuse it over plain HTTP. */
export function sessionCookieName(publicUrl: string): string {
  return publicUrl.startsWith("https://") ? "__Secure-next-auth.session-token" : "next-auth.session-token";
}

/** What next-auth seals its cookies with. */
export function cookieSecret(keyring: Keyring): string {
  return keyring.derive("next-auth").toString("base64");
}

/** The value of one cookie, or null. Repeated names: the first one, as servers commonly read them. */
export function cookieValue(header: string | null, name: string): string | null {
  for (const part of (header ?? "").split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return null;
}

/** The session and person that a cookie names, if this installation sealed it and it has not expired. Says nothing about the rows. */
export async function readSessionCookie(value: string | null, keyring: Keyring): Promise<{ sessionId: string; userId: string } | null> {
  if (value === null || value === "" || value.length > 4096) return null;
  try {
    const token = await decode({ token: value, secret: cookieSecret(keyring) });
    const sessionId = token?.["sid"];
    const userId = token?.sub;
    if (typeof sessionId !== "string" || typeof userId !== "string" || !isId("session", sessionId) || !isId("user", userId)) return null;
    return { sessionId, userId };
  } catch {
    // Sealed with another key, changed, or expired: nobody.
    return null;
  }
}
