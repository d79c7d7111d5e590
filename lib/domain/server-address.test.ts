import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import "#lib/testing/property-seed";
import { LifeboatError } from "./error.ts";
import { isForbiddenIp } from "./ip-address.ts";
import { parseConnectionUrl, validateHost } from "./server-address.ts";

describe("validateHost", () => {
  it.each(["localhost", "db.example.org", "DB-1.internal.", "10.0.0.5", "127.0.0.1", "::1", "2001:db8::7", "my_db", "::ffff:10.0.0.1"])(
    "accepts %s",
    (host) => expect(() => validateHost(host)).not.toThrow(),
  );

  it.each([
    "",
    "-x",
    "--help",
    "a,b",
    "10.0.0.1,169.254.169.254",
    "/var/run/postgresql",
    "@abstract",
    "C:\\pipe",
    "a b",
    "a:5432",
    "host=evil",
    "x'y",
    "2852039166",
    "0xA9FEA9FE",
    "0xa9.254.169.254",
    "169.254.43518",
    "010.0.0.1",
    "1.2.3",
    "a\nb",
    "ex\u0000ample",
    "-",
    "a..b",
    "x".repeat(256),
  ])("refuses %j as no address", (host) => expect(() => validateHost(host)).toThrow(expect.objectContaining({ code: "address-invalid" })));

  it.each([
    "169.254.169.254",
    "169.254.0.1",
    "fe80::1",
    "fe80::1%eth0",
    "FEBF::1",
    "fd00:ec2::254",
    "FD00:0EC2:0:0:0:0:0:254",
    "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "64:ff9b::169.254.169.254",
    "2002:a9fe:a9fe::1",
    "0.0.0.0",
    "::",
    "224.0.0.1",
    "ff02::1",
    "100.100.100.200",
    "168.63.129.16",
    "metadata.google.internal",
    "Metadata.Google.Internal.",
    "::169.254.169.254",
  ])("forbids %s", (host) => expect(() => validateHost(host)).toThrow(expect.objectContaining({ code: "address-forbidden" })));

  it("never accepts any spelling of the link-local network as an IPv6-mapped address", () => {
    fc.assert(
      fc.property(fc.nat(255), fc.nat(255), (c, d) => {
        const hex = (value: number) => value.toString(16);
        expect(isForbiddenIp(`::ffff:a9fe:${hex(c * 256 + d)}`)).toBe(true);
        expect(isForbiddenIp(`[::ffff:169.254.${c}.${d}]`)).toBe(true);
      }),
    );
  });
});

describe("parseConnectionUrl", () => {
  it.each([
    "postgresql://ann:s3cret@db.example.org:6543/shop",
    "postgres://ann:s3cret@db.example.org:6543/shop",
    "postgresql+psycopg://ann:s3cret@db.example.org:6543/shop",
    "postgresql+asyncpg://ann:s3cret@db.example.org:6543/shop",
    "postgresql+psycopg2://ann:s3cret@db.example.org:6543/shop",
    "jdbc:postgresql://db.example.org:6543/shop?user=ann&password=s3cret",
    "ecto://ann:s3cret@db.example.org:6543/shop",
    "pgsql://ann:s3cret@db.example.org:6543/shop",
    `  "postgres://ann:s3cret@db.example.org:6543/shop" `,
  ])("reads %s", (url) => {
    expect(parseConnectionUrl(url)).toEqual({
      host: "db.example.org",
      port: 6543,
      username: "ann",
      password: "s3cret",
      database: "shop",
      tlsMode: "prefer",
      ignored: [],
    });
  });

  it("decodes percent signs, keeps an unescaped @ in the password, and understands IPv6", () => {
    expect(parseConnectionUrl("postgres://%C3%B1:p%40ss@w%3Ard@[2001:db8::7]:5433/a%2Fb%20%E8%A1%A8")).toMatchObject({
      host: "2001:db8::7",
      port: 5433,
      username: "ñ",
      password: "p@ss@w:rd",
      database: "a/b 表",
    });
  });

  it("fills in what is usual when host, port and database are missing", () => {
    expect(parseConnectionUrl("postgres://")).toMatchObject({ host: "localhost", port: 5432, username: "", password: null, database: "" });
  });

  it.each([
    ["?sslmode=verify-full", "verify-full"],
    ["?sslmode=disable", "disable"],
    ["?ssl=true", "require"],
    ["?sslmode=verify-full&sslmode=disable", "verify-full"],
    ["?sslmode=require&ssl=disable", "require"],
    ["?SSLMODE=verify-ca&sslmode=require", "verify-ca"],
  ])("takes the strictest TLS mode of %s", (query, mode) => {
    expect(parseConnectionUrl(`postgres://h/d${query}`).tlsMode).toBe(mode);
  });

  it("ignores and lists every parameter that would redirect the connection, without its value", () => {
    const parsed = parseConnectionUrl(
      "postgres://ann@db/shop?options=-c%20x&host=evil&hostaddr=6.6.6.6&service=evil&passfile=/etc/shadow&sslkey=k&port=1&dbname=other&user=root#f",
    );
    expect(parsed).toMatchObject({ host: "db", port: 5432, database: "shop", username: "ann" });
    expect(parsed.ignored).toEqual(["options", "host", "hostaddr", "service", "passfile", "sslkey", "port", "dbname", "#fragment"]);
    expect(JSON.stringify(parsed)).not.toContain("evil");
  });

  it.each([
    "",
    "shop",
    "mysql://a@b/c",
    "postgres://a,b/c",
    "postgres://h:99999/d",
    "postgres://h:x/d",
    "postgres://%zz@h/d",
    "postgres://[::1/d",
    "http://x",
    "postgres://h/%00",
    "postgres://h/d?sslmode=verify_full",
    "postgres://h/d?sslmode=",
    "postgres://h/d?sslmode=constructor",
    "postgres://h/d?SSLMODE=verify-ca&sslmode=bogus",
  ])("does not understand %j", (url) =>
    expect(() => parseConnectionUrl(url)).toThrow(expect.objectContaining({ code: "url-not-understood" })),
  );

  it("refuses a socket folder and a metadata address as host", () => {
    expect(() => parseConnectionUrl("postgres://%2Fvar%2Frun/d")).toThrow(expect.objectContaining({ code: "address-invalid" }));
    expect(() => parseConnectionUrl("postgres://169.254.169.254/d")).toThrow(expect.objectContaining({ code: "address-forbidden" }));
  });

  it("never throws anything but its own errors, and never echoes a password", () => {
    const failure = (url: string): unknown => {
      try {
        parseConnectionUrl(url);
        return null;
      } catch (error) {
        return error;
      }
    };
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const error = failure(`postgres://${text}:canary-pw@${text}`);
        expect(error === null || error instanceof LifeboatError).toBe(true);
        expect(String(error)).not.toContain("canary-pw@");
      }),
    );
  });
});
