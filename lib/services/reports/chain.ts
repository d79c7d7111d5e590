import { createHash, sign, verify, type KeyObject } from "node:crypto";

/** What the first report of a chain names as the one before it. */
export const noReport = "0".repeat(64);

/** Lower-case hex of the SHA-256 of a text's UTF-8 bytes. */
export function sha256Of(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** Ed25519 over the text's UTF-8 bytes, as base64 with padding. */
export function signText(text: string, privateKey: KeyObject): string {
  return sign(null, Buffer.from(text, "utf8"), privateKey).toString("base64");
}

/** False, too, for a signature that is written in another way than `signText` writes it. */
export function isSignedBy(text: string, signature: string, publicKey: KeyObject): boolean {
  const bytes = Buffer.from(signature, "base64");
  return bytes.length === 64 && bytes.toString("base64") === signature && verify(null, Buffer.from(text, "utf8"), publicKey, bytes);
}
