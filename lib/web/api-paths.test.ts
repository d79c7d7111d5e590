import { describe, expect, it } from "vitest";
import { matchApiPath } from "./api-paths.ts";

const id = "0".repeat(32);

describe("an API path", () => {
  it.each([
    ["GET", "/api/v1/servers", { kind: "next" }],
    ["HEAD", "/api/v1/servers", { kind: "next" }],
    ["GET", "/api/auth/csrf", { kind: "next" }],
    ["POST", "/api/v1/servers/check", { kind: "next" }],
    ["GET", "/api/v1/servers/check", { kind: "wrong-method", allow: "POST" }],
    ["PUT", "/api/v1/servers", { kind: "wrong-method", allow: "GET, POST" }],
    ["POST", "/api/health/live", { kind: "wrong-method", allow: "GET" }],
    ["GET", "/api/metrics", { kind: "next" }],
    ["GET", "/api/status/lbs_x", { kind: "next" }],
    ["GET", "/api/status/lbs_x/badge.svg", { kind: "next" }],
    ["PUT", "/api/status/lbs_x/badge.svg", { kind: "wrong-method", allow: "GET" }],
    ["GET", "/api/status", { kind: "unknown" }],
    ["GET", "/api/status/lbs_x/other", { kind: "unknown" }],
    ["POST", "/api/metrics", { kind: "wrong-method", allow: "GET" }],
    ["GET", "/api/v1/nothing", { kind: "unknown" }],
    ["GET", "/api", { kind: "unknown" }],
    ["GET", "/api/v1/servers/", { kind: "unknown" }],
    ["GET", "/api/v1/constructor", { kind: "unknown" }],
    ["GET", `/api/v1/backups/bkp_${id}/download`, { kind: "download", id: `bkp_${id}` }],
    ["DELETE", `/api/v1/backups/bkp_${id}/download`, { kind: "wrong-method", allow: "GET" }],
    ["POST", `/api/v1/sources/src_${id}/back-up-if-stale`, { kind: "stale", id: `src_${id}` }],
    ["GET", `/api/v1/sources/src_${id}/back-up-if-stale`, { kind: "wrong-method", allow: "POST" }],
    ["GET", "/api/v1/backups/%2e%2e/download", { kind: "download", id: ".." }],
    ["GET", "/api/v1/backups/../../etc/passwd/download", { kind: "unknown" }],
    ["GET", "/api/v1/backups/%zz/download", { kind: "unknown" }],
  ])("%s %s", (method, path, expected) => {
    expect(matchApiPath(method, path)).toEqual(expected);
  });
});
