import { describe, expect, it } from "vitest";
import { emptyDraft, isComplete, scopesOf, toInput, withUse } from "./token-draft.ts";

describe("the draft of a token", () => {
  it("takes role and scopes from what the token is for", () => {
    const named = { ...emptyDraft, name: " deploy " };
    expect(toInput(named)).toEqual({
      name: "deploy",
      role: "admin",
      scopes: ["sources:read", "backups:read", "backups:create", "runs:read", "gates:read", "gates:create"],
      expiresInDays: 90,
    });
    expect(toInput(withUse(named, "all"))).toMatchObject({ role: "admin", scopes: null });
    expect(toInput(withUse(named, "read")).role).toBe("viewer");
    expect(toInput({ ...named, lifetime: "never" }).expiresInDays).toBeNull();
  });

  it("begins choosing one by one with what was given before", () => {
    const own = withUse(emptyDraft, "own");
    expect(scopesOf(own)).toEqual(["sources:read", "backups:read", "backups:create", "runs:read", "gates:read", "gates:create"]);
    expect(scopesOf({ ...own, role: "viewer" })).toEqual(["sources:read", "backups:read", "runs:read", "gates:read"]);
  });

  it("is complete with a name and at least one scope", () => {
    expect(isComplete(emptyDraft)).toBe(false);
    expect(isComplete({ ...emptyDraft, name: "x" })).toBe(true);
    expect(isComplete({ ...withUse({ ...emptyDraft, name: "x" }, "own"), chosen: new Set() })).toBe(false);
    expect(isComplete({ ...withUse({ ...emptyDraft, name: "x" }, "all") })).toBe(true);
  });
});
