import { describe, expect, it } from "vitest";
import { readSignInError, safeReturn } from "./sign-in-error.tsx";

describe("a refused sign-in", () => {
  it("tells a wrong password from a wait and from a broken server", () => {
    expect(readSignInError("sign-in-failed")).toEqual({ kind: "failed" });
    expect(readSignInError("sign-in-blocked:42")).toEqual({ kind: "blocked", seconds: 42 });
    expect(readSignInError("catalogue-unavailable")).toEqual({ kind: "unavailable" });
    expect(readSignInError(null)).toEqual({ kind: "unavailable" });
  });
});

describe("the page after signing in", () => {
  it.each([
    ["/sources/src_1?tab=backups", "/sources/src_1?tab=backups"],
    ["//evil.example", "/"],
    ["/\\evil.example", "/"],
    ["https://evil.example", "/"],
    ["javascript:alert(1)", "/"],
    ["/sign-in?to=/", "/"],
    [undefined, "/"],
  ])("for %j is %s", (to, expected) => {
    expect(safeReturn(to)).toBe(expected);
  });
});
