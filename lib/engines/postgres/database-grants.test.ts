import { describe, expect, it } from "vitest";
import { type DatabaseGrant, grantStatements, revokeStatements, sameGrants } from "./database-grants.ts";

const grant = (grantor: string, grantee: string | null, privilege: string, grantable = false): DatabaseGrant => ({
  grantor,
  grantee,
  privilege,
  grantable,
});

describe("grants on a database", () => {
  it("are the same in any order, and not when one may pass on what the other may not", () => {
    const one = [grant("o", null, "CONNECT"), grant("o", "a", "CREATE")];
    expect(sameGrants(one, one.toReversed())).toBe(true);
    expect(sameGrants(one, [grant("o", null, "CONNECT"), grant("o", "a", "CREATE", true)])).toBe(false);
    expect(sameGrants(one, one.slice(1))).toBe(false);
    // A role may be called PUBLIC.
    expect(sameGrants([grant("o", null, "CONNECT")], [grant("o", "public", "CONNECT")])).toBe(false);
  });

  it("are revoked once from everybody who has any", () => {
    const all = [grant("o", null, "CONNECT"), grant("o", "a", "CREATE"), grant("o", "a", "CONNECT")];
    expect(revokeStatements('d"b', all)).toEqual([
      'revoke all on database "d""b" from public cascade',
      'revoke all on database "d""b" from "a" cascade',
    ]);
  });

  it("are granted in an order in which everybody holds what is passed on", () => {
    const chain = [grant("b", "c", "CONNECT"), grant("a", "b", "CONNECT", true), grant("o", "a", "CONNECT", true)];
    expect(grantStatements("d", "o", chain)).toEqual([
      'grant CONNECT on database "d" to "a" with grant option',
      'set local role "a"',
      'grant CONNECT on database "d" to "b" with grant option',
      "reset role",
      'set local role "b"',
      'grant CONNECT on database "d" to "c"',
      "reset role",
    ]);
  });

  it("end also where somebody passed on what nobody gave", () => {
    expect(grantStatements("d", "o", [grant("x", "y", "CONNECT")])).toHaveLength(3);
  });
});
