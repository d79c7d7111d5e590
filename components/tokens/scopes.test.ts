import { describe, expect, it } from "vitest";
import { isAllowed, permissions } from "#lib/domain/permissions";
import { allowedScopes, presets, scopesByResource } from "./scopes.ts";

describe("what a token can be given", () => {
  it("is the permission table, every line of it once", () => {
    expect(
      scopesByResource("admin")
        .flatMap(([, scopes]) => scopes)
        .toSorted(),
    ).toEqual(permissions.toSorted());
    expect(scopesByResource("viewer").flatMap(([, scopes]) => scopes)).not.toContain("backups:download");
    expect(scopesByResource("admin").find(([resource]) => resource === "runs")).toEqual(["runs", ["runs:read", "runs:cancel"]]);
  });

  it("drops what the role may not have", () => {
    expect(allowedScopes("viewer", new Set(["backups:delete", "backups:read"]))).toEqual(["backups:read"]);
    expect(allowedScopes("admin", new Set(["backups:delete", "backups:read"]))).toEqual(["backups:read", "backups:delete"]);
  });

  it("has presets that their role allows", () => {
    for (const { role, scopes } of Object.values(presets))
      for (const scope of scopes ?? []) expect([scope, isAllowed(role, null, scope)]).toEqual([scope, true]);
    expect(presets.read.scopes).not.toContain("backups:download");
    expect(presets.deploy.scopes).toContain("backups:create");
    expect(presets.deploy.scopes).toContain("gates:create");
  });
});
