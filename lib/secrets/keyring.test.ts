import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createKeyring, loadKeyring } from "./keyring.ts";

describe("keyring", () => {
  const keyring = createKeyring(randomBytes(32));

  it("opens what it sealed, also empty and Unicode text", () => {
    for (const text of ["", "hunter2", "contraseña 🔑\n"])
      expect(keyring.open(keyring.seal(text, "srv_1:password"), "srv_1:password")).toBe(text);
  });

  it("never seals the same text to the same ciphertext", () => {
    expect(keyring.seal("same", "a")).not.toBe(keyring.seal("same", "a"));
  });

  it("refuses a ciphertext that was moved to another row", () => {
    const sealed = keyring.seal("hunter2", "srv_1:password");
    expect(() => keyring.open(sealed, "srv_2:password")).toThrow(/secret-key-missing/);
  });

  it("refuses every flipped bit", () => {
    const sealed = keyring.seal("hunter2", "x");
    const head = sealed.slice(0, sealed.lastIndexOf(".") + 1);
    const body = Buffer.from(sealed.slice(head.length), "base64url");
    for (let bit = 0; bit < body.length * 8; bit += 1) {
      const changed = Buffer.from(body);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => keyring.open(head + changed.toString("base64url"), "x")).toThrow(/secret-key-missing/);
    }
  });

  it("refuses another installation's ciphertext, naming its key", () => {
    const other = createKeyring(randomBytes(32));
    expect(() => keyring.open(other.seal("hunter2", "x"), "x")).toThrow(new RegExp(other.keyId));
  });

  it("tells its own HMAC from one for another purpose or text", () => {
    const mac = keyring.hmac("sidecar", "text");
    expect(keyring.verifyHmac("sidecar", "text", mac)).toBe(true);
    expect(keyring.verifyHmac("sidecar", "other", mac)).toBe(false);
    expect(keyring.verifyHmac("webhook", "text", mac)).toBe(false);
    expect(keyring.verifyHmac("sidecar", "text", "")).toBe(false);
  });
});

describe("loadKeyring", () => {
  it("makes the key file once, for its owner only, and reads it again", () => {
    const folder = mkdtempSync(join(tmpdir(), "lifeboat-key-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const keyFile = join(folder, "deep", "installation.key");
    const first = loadKeyring({ key: null, keyFile });
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    expect(loadKeyring({ key: null, keyFile }).keyId).toBe(first.keyId);
  });

  it("prefers the variable's value", () => {
    const key = "ab".repeat(32);
    expect(loadKeyring({ key, keyFile: "/nonexistent/key" }).keyId).toBe(createKeyring(Buffer.from(key, "hex")).keyId);
  });
});
