import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { redactText } from "#lib/log/redact";
import { createKeyring } from "#lib/secrets/keyring";
import { openSecrets, sealSecrets } from "./sealed-secrets.ts";

const keyring = createKeyring(randomBytes(32));

it("secrets open for their own channel alone", () => {
  const sealed = sealSecrets(keyring, { url: "https://example.org/x", token: "", password: "hunter22" }, "ntc_1");
  expect(openSecrets(keyring, sealed, "ntc_1")).toEqual({ url: "https://example.org/x", password: "hunter22" });
  expect(() => openSecrets(keyring, sealed, "ntc_2")).toThrow("secret-key-missing");
  expect(sealSecrets(keyring, { token: "" }, "ntc_1")).toBeNull();
  expect(openSecrets(keyring, null, "ntc_1")).toEqual({});
});

it("from then on they are masked in every text, and no harmless path with them", () => {
  sealSecrets(keyring, { url: "https://hooks.example.org/services/T0000/B0000/XXXXXXXXXXXX" }, "ntc_1");
  sealSecrets(keyring, { url: "https://bot.example.org/lifeboat" }, "ntc_1");
  expect(redactText("POST /services/T0000/B0000/XXXXXXXXXXXX 404")).toBe("POST ••• 404");
  expect(redactText("no space in /var/lib/lifeboat/backups")).toBe("no space in /var/lib/lifeboat/backups");
  expect(redactText("to https://bot.example.org/lifeboat")).toBe("to •••");
});
