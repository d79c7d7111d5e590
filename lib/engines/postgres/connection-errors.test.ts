import { describe, expect, it } from "vitest";
import { LifeboatError } from "#lib/domain/error";
import type { ServerAddress } from "../port.ts";
import { lastLines, mapConnectionError, mapToolFailure } from "./connection-errors.ts";

const address = { host: "db.example.org", port: 5433, username: "backup" } as ServerAddress;

function thrown(code: string, message = "it failed"): Error {
  return Object.assign(new Error(message), { code });
}

describe("what a SQL session threw", () => {
  it.each([
    ["ENOTFOUND", "", "host-unknown", { host: "db.example.org" }],
    ["EAI_AGAIN", "", "host-unknown", { host: "db.example.org" }],
    ["ECONNREFUSED", "", "connection-refused", { host: "db.example.org", port: 5433 }],
    ["EHOSTUNREACH", "", "connection-refused", { host: "db.example.org", port: 5433 }],
    ["CONNECT_TIMEOUT", "", "connection-timeout", expect.objectContaining({ host: "db.example.org", port: 5433 })],
    [
      "SELF_SIGNED_CERT_IN_CHAIN",
      "self-signed certificate",
      "tls-untrusted",
      { host: "db.example.org", detail: "self-signed certificate" },
    ],
    ["28P01", 'password authentication failed for user "backup"', "password-wrong", { user: "backup" }],
    ["08001", "no password supplied", "password-wrong", { user: "backup" }],
    ["28000", "no pg_hba.conf entry", "sign-in-rejected", { user: "backup", detail: "no pg_hba.conf entry" }],
    ["3D000", "", "database-missing", { database: "shop" }],
    ["53300", "", "too-many-connections", { host: "db.example.org" }],
    ["42501", "permission denied for table orders", "privilege-missing", { objects: "orders", count: 1 }],
    ["42501", "must be owner", "privilege-missing", { objects: "must be owner", count: 1 }],
    ["57P01", "", "connection-lost", { host: "db.example.org", port: 5433 }],
    ["CONNECTION_CLOSED", "", "connection-lost", { host: "db.example.org", port: 5433 }],
  ])("%s %s is %s", (code, message, expected, params) => {
    const cause = thrown(code, message);
    const error = mapConnectionError(cause, address, "shop") as LifeboatError;
    expect([error.code, error.params]).toEqual([expected, params]);
    expect(error.cause).toBe(cause);
  });

  it("stays what it is when it is our own, unknown, or no error", () => {
    for (const error of [new LifeboatError("run-cancelled"), thrown("22P02"), new TypeError("a bug"), "text"]) {
      expect(mapConnectionError(error, address, "shop")).toBe(error);
    }
  });
});

describe("what a tool said before it failed", () => {
  const failed = (stderr: string, exitCode: number | null = 1) => {
    const { code, params } = mapToolFailure({ tool: "pg_dump", exitCode, stderr, address, database: "shop", lockWaitSeconds: 60 });
    return [code, params];
  };

  // Texts as pg_dump and libpq 14 to 18 print them.
  it.each([
    [
      "pg_dump: error: query failed: ERROR:  canceling statement due to lock timeout\npg_dump: detail: Query was: LOCK TABLE public.orders, public.items IN ACCESS SHARE MODE",
      "table-locked",
      { table: "public.orders, public.items", seconds: 60 },
    ],
    [
      "pg_dump: error: query failed: ERROR:  canceling statement due to statement timeout\nLOCK TABLE ONLY public.orders IN ACCESS SHARE MODE",
      "table-locked",
      { table: "public.orders", seconds: 60 },
    ],
    ['FATAL:  database "shop" does not exist', "database-dropped", { database: "shop" }],
    [
      "ERROR:  permission denied for table a\nERROR:  permission denied for materialized view b\nERROR:  permission denied for table a",
      "privilege-missing",
      { objects: "a, b", count: 2 },
    ],
    [
      'ERROR:  query would be affected by row-level security policy for table "secrets"',
      "privilege-missing",
      { objects: "secrets", count: 1 },
    ],
    ['FATAL:  password authentication failed for user "backup"', "password-wrong", { user: "backup" }],
    [
      'FATAL:  role "backup" is not permitted to log in',
      "sign-in-rejected",
      { user: "backup", detail: 'FATAL:  role "backup" is not permitted to log in' },
    ],
    ["FATAL:  sorry, too many clients already", "too-many-connections", { host: "db.example.org" }],
    [
      "FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute",
      "too-many-connections",
      { host: "db.example.org" },
    ],
    ["server does not support SSL, but SSL was required", "tls-not-offered", { host: "db.example.org" }],
    ["SSL error: certificate verify failed", "tls-untrusted", { host: "db.example.org", detail: "SSL error: certificate verify failed" }],
    [
      "pg_dump: error: aborting because of server version mismatch\npg_dump: detail: server version: 17.5; pg_dump version: 15.13",
      "tool-too-old",
      { tool: "pg_dump", found: "15.13", needed: "17.5", install: "none" },
    ],
    ["server closed the connection unexpectedly", "connection-lost", { host: "db.example.org", port: 5433 }],
    ["SSL SYSCALL error: EOF detected", "connection-lost", { host: "db.example.org", port: 5433 }],
    ["connection failed: Connection refused\n\tIs the server running?", "connection-refused", { host: "db.example.org", port: 5433 }],
    ["pg_dump: error: something new", "tool-failed", { tool: "pg_dump", exitCode: 1, detail: "pg_dump: error: something new" }],
  ])("%s", (stderr, code, params) => {
    expect(failed(stderr)).toEqual([code, params]);
  });

  it("is told by its last lines, and its silence too", () => {
    expect(lastLines("one\ntwo\nthree\nfour\n")).toBe("two three four");
    expect(lastLines("x".repeat(900))).toHaveLength(500);
    expect(failed("", null)).toEqual(["tool-failed", { tool: "pg_dump", exitCode: null, detail: "it said nothing" }]);
  });
});
