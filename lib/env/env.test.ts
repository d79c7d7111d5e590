import { describe, expect, it } from "vitest";
import { EnvError, readEnv } from "./env.ts";

describe("readEnv", () => {
  it("gives a working default for every variable", () => {
    const env = readEnv({}, true);
    expect(env).toMatchObject({
      dataDir: "/var/lib/lifeboat",
      host: "127.0.0.1",
      port: 3210,
      publicUrl: "http://127.0.0.1:3210",
      databaseUrl: null,
    });
    expect(env.backupDir).toBe("/var/lib/lifeboat/backups");
    expect(env.tempDir).toBe("/var/lib/lifeboat/tmp");
  });

  it("keeps an ordinary user's data below that user's data home", () => {
    expect(readEnv({ XDG_DATA_HOME: "/home/ada/data" }, false).dataDir).toBe("/home/ada/data/lifeboat");
  });

  it("counts an empty variable as not set", () => {
    expect(readEnv({ PORT: "", DATABASE_URL: "", LIFEBOAT_URL: "" }, true).port).toBe(3210);
  });

  it("links to an IPv6 host with brackets", () => {
    expect(readEnv({ HOST: "::1" }, true).publicUrl).toBe("http://[::1]:3210");
  });

  it("names every wrong variable at once and shows no value", () => {
    let error: unknown;
    try {
      readEnv({ PORT: "99999", DATABASE_URL: "mysql://root:hunter2@db", LIFEBOAT_BOOTSTRAP_TOKEN: "short-canary" }, true);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(EnvError);
    const text = String(error);
    expect(text).toContain("PORT:");
    expect(text).toContain("DATABASE_URL: must begin with postgres://");
    expect(text).toContain("LIFEBOAT_BOOTSTRAP_TOKEN: must have at least 24 characters");
    expect(text).not.toMatch(/hunter2|short-canary/);
  });

  it("refuses half of the first admin's credentials", () => {
    expect(() => readEnv({ LIFEBOAT_ADMIN_EMAIL: "ada@example.org" }, true)).toThrow("set both or neither");
  });

  it("splits lists and drops empty parts", () => {
    const env = readEnv({ PG_BIN_PATH: "/a/bin::/b/bin", TRUSTED_PROXY: "10.0.0.1, 10.1.0.0/16," }, true);
    expect(env.pgBinPath).toEqual(["/a/bin", "/b/bin"]);
    expect(env.trustedProxies).toEqual(["10.0.0.1", "10.1.0.0/16"]);
  });
});
