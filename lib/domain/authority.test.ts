import { type Arbitrary, assert, constantFrom, option, property, record, subarray } from "fast-check";
import { describe, expect, it } from "vitest";
import "#lib/testing/property-seed";
import { type Authority, beyondAuthority } from "./authority.ts";
import { isAllowed, permissions, permissionsOf, roles } from "./permissions.ts";

const authority: Arbitrary<Authority> = record({
  role: constantFrom(...roles),
  scopes: option(subarray([...permissions])),
});

describe("what a caller can give", () => {
  it("is never more than it may do itself", () => {
    assert(
      property(authority, authority, (giver, given) => {
        if (beyondAuthority(giver, given) !== null) return;
        for (const permission of permissionsOf(given.role, given.scopes)) {
          expect(isAllowed(giver.role, giver.scopes, permission)).toBe(true);
        }
      }),
    );
  });

  it("is everything for an admin in the browser, and its own part for a narrowed token", () => {
    const admin: Authority = { role: "admin", scopes: null };
    const narrow: Authority = { role: "admin", scopes: ["people:manage", "backups:read"] };
    expect(beyondAuthority(admin, admin)).toBeNull();
    expect(beyondAuthority(narrow, { role: "admin", scopes: ["backups:read"] })).toBeNull();
    expect(beyondAuthority(narrow, { role: "viewer", scopes: ["backups:read", "backups:delete"] })).toBeNull();
    expect(beyondAuthority(narrow, { role: "admin", scopes: ["backups:read", "backups:delete"] })).toBe("backups:delete");
    expect(beyondAuthority(narrow, { role: "viewer", scopes: null })).toBe("servers:read");
  });

  it("does not include the whole admin role, which grows, for a token whose list is complete today", () => {
    const complete: Authority = { role: "admin", scopes: permissions };
    expect(beyondAuthority(complete, { role: "admin", scopes: null })).toBe("people:manage");
    expect(beyondAuthority(complete, { role: "admin", scopes: permissions })).toBeNull();
    expect(beyondAuthority(complete, { role: "viewer", scopes: null })).toBeNull();
  });
});
