import { describe, expect, it } from "vitest";
import { isAllowed, permissions } from "./permissions.ts";

describe("isAllowed", () => {
  it("lets an admin do everything", () => {
    expect(permissions.filter((permission) => !isAllowed("admin", null, permission))).toEqual([]);
  });

  it("lets a viewer read and keep a profile, and nothing else", () => {
    const allowed = permissions.filter((permission) => isAllowed("viewer", null, permission));
    expect(allowed.every((permission) => permission.endsWith(":read") || permission === "profile:edit")).toBe(true);
    expect(allowed).not.toContain("backups:download");
  });

  it("narrows by scopes and never widens by them", () => {
    expect(isAllowed("admin", ["backups:read"], "backups:create")).toBe(false);
    expect(isAllowed("admin", ["backups:read"], "backups:read")).toBe(true);
    expect(isAllowed("viewer", ["backups:create"], "backups:create")).toBe(false);
  });
});
