import { createHash, randomBytes } from "node:crypto";

/** Tokens are stored as their SHA-256 only, so that the catalogue's rows open nothing. They are random, so no slow hash is needed. */
export function tokenHash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** 256 random bits, fit for a URL. */
export function newToken(): string {
  return randomBytes(32).toString("base64url");
}
