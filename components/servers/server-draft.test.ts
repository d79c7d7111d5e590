import { describe, expect, it } from "vitest";
import { parseConnectionUrl } from "#lib/domain/server-address";
import { emptyDraft, missingPasswords, toConnection, toPatch, withChange, withUrl, type ServerDraft } from "./server-draft.ts";

const stored: ServerDraft = { ...emptyDraft, name: "Shop", host: "db.example", username: "backup", password: null, restorePassword: null };

describe("the form of a server", () => {
  it("leaves a kept password out, so that the stored one stays", () => {
    expect(toPatch(stored)).not.toHaveProperty("password");
    expect(toPatch({ ...stored, password: "new" })).toMatchObject({ password: "new" });
  });

  it("asks for the password again when it would go somewhere else", () => {
    expect(withChange(stored, { host: "other.example" })).toMatchObject({ password: "", restorePassword: "" });
    expect(withChange(stored, { port: "5433" }).password).toBe("");
    expect(withChange(stored, { username: "other" })).toMatchObject({ password: "", restorePassword: null });
    expect(withChange(stored, { notes: "hello" }).password).toBeNull();
  });

  it("names the passwords that a change leaves behind", () => {
    const server = {
      host: "db.example",
      port: 5432,
      username: "backup",
      restoreUsername: "",
      hasPassword: true,
      hasRestorePassword: false,
    };
    const missing = (change: Partial<ServerDraft>) => missingPasswords(server, withChange(stored, change)).password;
    expect(missing({ host: "other.example" })).toBe(true);
    expect(missing({ port: "5433" })).toBe(true);
    expect(missing({ username: "other" })).toBe(true);
    expect(missing({ host: "other.example", password: "again" })).toBe(false);
    expect(missing({ notes: "hello" })).toBe(false);
    // "Replace" and an empty field at the same address mean: none.
    expect(missing({ password: "" })).toBe(false);
    expect(missingPasswords({ ...server, hasPassword: false }, withChange(stored, { host: "other.example" })).password).toBe(false);
  });

  it("takes over the fields of a URL and keeps a chosen name", () => {
    const url = parseConnectionUrl("postgresql+psycopg://ba%20ckup:s%40cret@db.shop.example:6543/shop?sslmode=verify-full");
    expect(withUrl(emptyDraft, url)).toMatchObject({
      name: "db.shop.example",
      host: "db.shop.example",
      port: "6543",
      username: "ba ckup",
      password: "s@cret",
      tlsMode: "verify-full",
    });
    expect(withUrl(stored, url).name).toBe("Shop");
  });

  it("tests a connection without name and notes", () => {
    expect(Object.keys(toConnection(stored))).not.toContain("notes");
    expect(Object.keys(toConnection(stored))).not.toContain("name");
  });
});
