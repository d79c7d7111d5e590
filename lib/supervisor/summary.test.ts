import { expect, test } from "vitest";
import { summaryLines } from "./summary.ts";

const facts = {
  publicUrl: "http://127.0.0.1:3210",
  firstAdmin: { kind: "present" as const },
  dataDir: "/var/lib/lifeboat",
  backupDir: "/mnt/backups",
  catalogue: "embedded" as const,
  logPath: null,
};

test("the summary names the address and the folders", () => {
  const text = summaryLines(facts).join("\n");
  expect(text).toMatch(/Address +http:\/\/127\.0\.0\.1:3210\n/);
  expect(text).toMatch(/Backups +\/mnt\/backups\n/);
  expect(text).not.toContain("First admin");
});

test("the set-up token stands in the fragment, which no server sees", () => {
  const text = summaryLines({ ...facts, firstAdmin: { kind: "link", token: "abc" } }).join("\n");
  expect(text).toMatch(/First admin +http:\/\/127\.0\.0\.1:3210\/setup#abc\n/);
});

test("an admin out of the configuration is named without the password", () => {
  const text = summaryLines({ ...facts, firstAdmin: { kind: "created", email: "a@example.org" } }).join("\n");
  expect(text).toContain("a@example.org, with the password in LIFEBOAT_ADMIN_PASSWORD");
});
