import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { LifeboatError } from "../domain/error.ts";

const formatVersion = "v1";

/** The installation's key and what is made from it. One process loads it once. */
export type Keyring = {
  /** First 8 hex digits of the key's SHA-256; stands in every ciphertext and HMAC. */
  readonly keyId: string;
  /** AES-256-GCM with a fresh nonce; `context` (the row's id) is bound to it, so that a ciphertext cannot be moved to another row. */
  seal(plain: string, context: string): string;
  /** Throws `secret-key-missing` when the ciphertext was made with another key, or was changed. */
  open(sealed: string, context: string): string;
  /** HMAC-SHA-256, hex, under a key derived for `purpose`. */
  hmac(purpose: string, data: Uint8Array | string): string;
  verifyHmac(purpose: string, data: Uint8Array | string, expected: string): boolean;
  /** 32 bytes for another library's use (session cookies). */
  derive(purpose: string): Buffer;
};

/** Builds a keyring from 32 bytes. */
export function createKeyring(key: Buffer): Keyring {
  if (key.length !== 32) throw new Error("the installation key must have 32 bytes");
  const keyId = createHash("sha256").update(key).digest("hex").slice(0, 8);
  const derive = (purpose: string) => Buffer.from(hkdfSync("sha256", key, "lifeboat", purpose, 32));
  const hmac = (purpose: string, data: Uint8Array | string) =>
    createHmac("sha256", derive(`hmac:${purpose}`))
      .update(data)
      .digest("hex");
  return {
    keyId,
    derive,
    hmac,
    verifyHmac(purpose, data, expected) {
      const actual = Buffer.from(hmac(purpose, data));
      const given = Buffer.from(expected);
      return actual.length === given.length && timingSafeEqual(actual, given);
    },
    seal(plain, context) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", derive("seal"), nonce);
      cipher.setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(plain, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return [formatVersion, keyId, nonce.toString("base64url"), body.toString("base64url")].join(".");
    },
    open(sealed, context) {
      const [version, sealedKeyId, nonce, body] = sealed.split(".");
      if (version !== formatVersion || sealedKeyId !== keyId || nonce === undefined || body === undefined) {
        throw new LifeboatError("secret-key-missing", { keyId: sealedKeyId ?? "?" });
      }
      const bytes = Buffer.from(body, "base64url");
      const decipher = createDecipheriv("aes-256-gcm", derive("seal"), Buffer.from(nonce, "base64url"));
      decipher.setAAD(Buffer.from(context));
      decipher.setAuthTag(bytes.subarray(-16));
      try {
        return decipher.update(bytes.subarray(0, -16), undefined, "utf8") + decipher.final("utf8");
      } catch (cause) {
        throw new LifeboatError("secret-key-missing", { keyId }, { cause });
      }
    },
  };
}

/**
 * Loads the key from the variable's value or from its own 0600 file, which is created when there is none.
 * A link makes the creation atomic: of two processes that start at once, both end with the same key.
 */
export function loadKeyring(options: { key: string | null; keyFile: string }): Keyring {
  if (options.key !== null) return createKeyring(Buffer.from(options.key, "hex"));
  try {
    return createKeyring(Buffer.from(readFileSync(options.keyFile, "utf8").trim(), "hex"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  mkdirSync(dirname(options.keyFile), { recursive: true });
  const temporary = `${options.keyFile}.${process.pid}`;
  writeFileSync(temporary, `${randomBytes(32).toString("hex")}\n`, { mode: 0o600, flag: "w", flush: true });
  chmodSync(temporary, 0o600);
  try {
    linkSync(temporary, options.keyFile);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
  return createKeyring(Buffer.from(readFileSync(options.keyFile, "utf8").trim(), "hex"));
}

/** Where the installation's key lies unless it comes from `LIFEBOAT_KEY`. */
export function keyFileIn(dataDir: string): string {
  return join(dataDir, "installation.key");
}
