import { describe, expect, it } from "vitest";
import { decidePassword } from "./password-carry.ts";

const stored = { host: "db.example.org", port: 5432, username: "backup" };

describe("decidePassword", () => {
  it("keeps the stored password while host, port and role stay", () => {
    expect(decidePassword(stored, { ...stored }, true, undefined)).toEqual({ use: "stored" });
  });

  it.each([{ host: "evil.example.org" }, { port: 5433 }, { username: "other" }])("asks again when %o changes", (change) => {
    expect(decidePassword(stored, { ...stored, ...change }, true, undefined)).toEqual({ use: "ask-again", changed: Object.keys(change) });
  });

  it("takes a given password wherever it goes, and none for an empty one", () => {
    expect(decidePassword(stored, { ...stored, host: "new" }, true, "fresh")).toEqual({ use: "given", password: "fresh" });
    expect(decidePassword(stored, { ...stored, host: "new" }, true, "")).toEqual({ use: "none" });
  });

  it("has nothing to ask for where none is stored", () => {
    expect(decidePassword(stored, { ...stored, host: "new" }, false, undefined)).toEqual({ use: "none" });
  });
});
