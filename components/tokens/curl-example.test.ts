import { describe, expect, it } from "vitest";
import { curlExample } from "./curl-example.ts";

describe("the example for a new token", () => {
  it("backs up a source where the token may", () => {
    const text = curlExample({ role: "admin", scopes: ["backups:create", "sources:read"] }, "https://lifeboat.example", "src_1");
    expect(text).toContain("https://lifeboat.example/api/v1/backups");
    expect(text).toContain('"sourceId":"src_1"');
    expect(text).toContain('"Authorization: Bearer $LIFEBOAT_TOKEN"');
  });

  it("reads what it may where it may only read", () => {
    expect(curlExample({ role: "viewer", scopes: null }, "http://x", "src_1")).toMatch(/http:\/\/x\/api\/v1\/sources$/);
    expect(curlExample({ role: "viewer", scopes: ["audit:read"] }, "http://x", "src_1")).toMatch(/\/audit-events$/);
    expect(curlExample({ role: "viewer", scopes: ["backups:create"] }, "http://x", "src_1")).toMatch(/\/me$/);
  });
});
