import { describe, expect, it } from "vitest";
import { checkServer, serverInput, serverPatch } from "./servers.ts";
import { sourceInput, sourcePatch } from "./sources.ts";

const server = `srv_${"0".repeat(32)}`;

describe("patches", () => {
  it("carry only what was sent: a default would reset the rest", () => {
    expect(serverPatch.parse({ name: "shop" })).toEqual({ name: "shop" });
    expect(sourcePatch.parse({ paused: true })).toEqual({ paused: true });
    expect(checkServer.body.parse({ serverId: server, connection: { port: 5433 } })).toEqual({
      serverId: server,
      connection: { port: 5433 },
    });
  });

  it("leave the defaults to creating", () => {
    expect(serverInput.parse({ name: "shop", host: "db", username: "backup" })).toMatchObject({
      port: 5432,
      tlsMode: "prefer",
      password: "",
    });
    expect(sourceInput.parse({ serverId: server, database: "shop", name: "Shop" })).toMatchObject({
      environment: "development",
      excludedTables: [],
    });
  });

  it("take any name that PostgreSQL takes, and no other", () => {
    for (const database of ["-Fp", "a=b", 'x"; drop', "Ñandú 表", "line\nbreak", "é".repeat(31)]) {
      expect(sourceInput.safeParse({ serverId: server, database, name: "x" }).success).toBe(true);
    }
    for (const database of ["", "nul\u0000", "é".repeat(32), "x".repeat(64)]) {
      expect(sourceInput.safeParse({ serverId: server, database, name: "x" }).success).toBe(false);
    }
  });
});
