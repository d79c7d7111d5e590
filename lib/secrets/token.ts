import { createHash, randomBytes } from "node:crypto";

/** Tokens are stored as their SHA-256 only, so that the catalogue's rows open nothing. They are random, so no slow hash is needed. */
export function tokenHash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** What tokens of a kind begin with, so that scanners for secrets, and our own log, recognise them. `lib/log/redact.ts` knows them. */
export const tokenPrefixes = { api: "lbt_", link: "lbl_", status: "lbs_" } as const;

/** 256 random bits, fit for a URL, behind their prefix where they have one. */
export function newToken(prefix: (typeof tokenPrefixes)[keyof typeof tokenPrefixes] | "" = ""): string {
  return prefix + randomBytes(32).toString("base64url");
}
