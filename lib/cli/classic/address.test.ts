import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { describe, expect, it, onTestFinished } from "vitest";
import { readCliEnv } from "#lib/env/cli-env";
import { runCli } from "../cli-fixture.ts";
import { parseOptions } from "../options.ts";
import { createTerminal } from "../terminal.ts";
import { addressOptions, readPlace } from "./address.ts";

/** Nobody listens on this machine's port 1: whoever goes on ends as `unreachable`. */
const url = (rest: string) => `postgresql://ada@127.0.0.1:1/shop${rest}`;
const ended = async (program: "backup" | "restore", address: readonly string[]) => {
  const folder = mkdtempSync(join(tmpdir(), "lifeboat-address-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "my.sql");
  writeFileSync(file, "select 1;\n");
  writeFileSync(join(folder, "url"), `${url("?port=5433")}\n`);
  const own = program === "backup" ? ["--out", join(folder, "my.dump")] : ["--file", file];
  return await runCli(program, [...own, ...address], { LIFEBOAT_CALLER_DIR: folder, LIFEBOAT_TEMP_DIR: folder, PGPASSWORD: "s3cret" });
};

describe("a URL that names its server or database in its query", () => {
  it.each([
    "host=staging-db",
    "hostaddr=10.0.0.7",
    "port=5433",
    "dbname=other",
    "service=staging",
    "servicefile=/x",
    "Host=/var/run/postgresql",
  ])("is not understood (%s): no other server is taken in its place", async (pair) => {
    for (const program of ["backup", "restore"] as const) {
      const { code, err } = await ended(program, ["--url", url(`?sslmode=disable&${pair}`)]);
      expect(code).toBe(2);
      expect(err).toContain(`the URL says ${pair.split("=")[0]} behind its question mark`);
    }
  });

  it("is not understood in a file either", async () => {
    expect(await ended("restore", ["--url-file", "url"])).toMatchObject({ code: 2, err: expect.stringContaining("port") as unknown });
  });
});

it("a TLS mode that there is not is refused; other parameters are named and passed over", async () => {
  const { code, err } = await ended("backup", ["--url", url("?sslmode=verify_full")]);
  expect(code).toBe(1);
  expect(err).toContain("the connection URL cannot be read: the parameter sslmode");
  const other = await ended("backup", ["--url", url("?sslmode=disable&connect_timeout=10")]);
  expect(other).toMatchObject({ code: 3, err: expect.stringContaining("not used of the URL: connect_timeout") as unknown });
});

describe("PGSSLMODE", () => {
  const modeOf = (query: string, mode: string) => {
    const terminal = createTerminal(new PassThrough(), new PassThrough() as unknown as NodeJS.WriteStream);
    const env = readCliEnv({ HOME: "/nonexistent", PGSSLMODE: mode });
    return readPlace(parseOptions(["--url", url(query)], addressOptions), env, terminal).address.tlsMode;
  };

  it.each([
    ["", "verify-full", "verify-full"],
    ["?application_name=nightly", "require", "require"],
    ["", "disable", "disable"],
    ["", "", "prefer"],
    // As in a URL: TLS where the server offers it.
    ["", "allow", "prefer"],
    ["?sslmode=disable", "verify-full", "disable"],
    ["?ssl=true", "disable", "require"],
    ["?sslmode=require", "bogus", "require"],
  ])("with the URL's %j and %j the connection's mode is %s", (query, mode, expected) => {
    expect(modeOf(query, mode)).toBe(expected);
  });

  it.each(["bogus", "true", "VERIFY-FULL"])("is refused where it counts and libpq knows no such mode (%s)", (mode) => {
    expect(() => modeOf("", mode)).toThrow(`PGSSLMODE: there is no mode ${mode}`);
  });
});
