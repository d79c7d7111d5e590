import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readEnv } from "./env.ts";
import { childEnvironment } from "./env-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lifeboat-secrets-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test("a secret may stand in a file, with a new line at its end", () => {
  const key = "ab".repeat(32);
  expect(readEnv({ LIFEBOAT_KEY_FILE: file("key", `${key}\n`) }, true).key).toBe(key);
});

test("the catalogue's password is put into its address, whatever characters it has", () => {
  const password = "p@ss/w:rd%20 #?";
  const source = { DATABASE_URL: "postgresql://lifeboat@db:5433/lifeboat?sslmode=require", DATABASE_PASSWORD_FILE: file("pw", password) };
  const address = new URL(readEnv(source, true).databaseUrl ?? "");
  expect(decodeURIComponent(address.password)).toBe(password);
  expect(address.href.replace(/:[^:@]+@/, "@")).toBe(source.DATABASE_URL);
});

test.each([
  [{ DATABASE_PASSWORD: "canary-secret" }],
  [{ DATABASE_PASSWORD: "canary-secret", DATABASE_URL: "postgresql://lifeboat:other@db/lifeboat" }],
  [{ DATABASE_PASSWORD: "canary-secret", DATABASE_URL: "postgresql://db/lifeboat" }],
  [{ DATABASE_PASSWORD: "canary-secret", DATABASE_URL: "postgresql:///lifeboat?host=/run/postgresql" }],
])("a password that has no place in the address is refused and not shown", (source) => {
  expect(() => readEnv(source, true)).toThrow(/^DATABASE_PASSWORD: needs a DATABASE_URL with host and user and without a password$/);
});

test("a file that is not there, empty, or one too many is named by its variable", () => {
  const source = {
    LIFEBOAT_KEY_FILE: join(folder, "missing"),
    LIFEBOAT_BOOTSTRAP_TOKEN_FILE: file("token", " \n"),
    DATABASE_URL: "postgresql://lifeboat@db/lifeboat",
    DATABASE_URL_FILE: file("url", "postgresql://canary@db/lifeboat"),
  };
  let text = "";
  try {
    readEnv(source, true);
  } catch (error) {
    text = String(error);
  }
  expect(text).toContain("LIFEBOAT_KEY_FILE: " + join(folder, "missing") + " cannot be read (ENOENT)");
  expect(text).toContain("LIFEBOAT_BOOTSTRAP_TOKEN_FILE: " + join(folder, "token") + " is empty");
  expect(text).toContain("DATABASE_URL_FILE: DATABASE_URL is set too; choose one of them");
  expect(text).not.toContain("canary");
});

test("web and worker are not told what only the start needs, and can read the rest", () => {
  const source = {
    PATH: "/bin",
    DATABASE_URL: "postgresql://lifeboat@db/lifeboat",
    DATABASE_PASSWORD_FILE: file("pw", "canary-secret"),
    LIFEBOAT_BOOTSTRAP_TOKEN_FILE: file("token", "t".repeat(30)),
    LIFEBOAT_ADMIN_EMAIL: "ada@example.org",
    LIFEBOAT_ADMIN_PASSWORD_FILE: file("admin", "canary-password"),
    LIFEBOAT_KEY_FILE: file("key", "ab".repeat(32)),
  };
  const { databaseUrl, bootstrapToken, key } = readEnv(source, true);
  expect(bootstrapToken).toBe("t".repeat(30));
  const child = childEnvironment({ DATABASE_URL: databaseUrl ?? "" }, source);
  expect(Object.keys(child).sort()).toEqual(["DATABASE_URL", "LIFEBOAT_KEY_FILE", "PATH"]);
  expect(readEnv(child, true)).toMatchObject({ databaseUrl, key, bootstrapToken: null });
});
