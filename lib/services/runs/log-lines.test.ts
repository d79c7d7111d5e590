import { describe, expect, it } from "vitest";
import { rememberSecret } from "#lib/log/redact";
import { cleanLines } from "./log-lines.ts";

describe("cleanLines", () => {
  it("splits lines and drops empty ones", () => {
    expect(cleanLines("one\r\ntwo\n\n  \rthree")).toEqual(["one", "two", "three"]);
  });

  it("removes colours and control characters", () => {
    expect(cleanLines("\u001b[31merror\u001b[0m: a\u0000b\u0007")).toEqual(["error: ab"]);
  });

  it("masks secrets", () => {
    rememberSecret("canary-3f9a");
    expect(cleanLines("password canary-3f9a and postgres://u:other@h/db")).toEqual(["password ••• and postgres://u:•••@h/db"]);
  });

  it("cuts a line of ten megabytes to four kibibytes, at a character", () => {
    const [line] = cleanLines("ñ".repeat(5_000_000));
    expect(Buffer.byteLength(line ?? "")).toBeLessThanOrEqual(4096);
    expect(line?.endsWith("ñ…")).toBe(true);
  });
});
