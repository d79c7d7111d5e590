import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createEmptyDatabase, describeOn, type TestDatabase, type TestServer } from "#lib/testing/postgres";
import { addressOf, engineFixture, type EngineFixture } from "./engine-fixture.ts";
import { ReconnectingPool } from "./reconnecting-pool.ts";

function suite(server: TestServer) {
  const address = addressOf(server);
  const databases: TestDatabase[] = [];
  const names: string[] = [];
  let fixture: EngineFixture;

  beforeEach(async () => {
    fixture = await engineFixture([server.binDir]);
  });
  afterEach(async () => {
    for (const database of databases.splice(0)) await database.drop();
    for (const name of names.splice(0)) await server.admin().unsafe(`drop database if exists "${name.replaceAll('"', '""')}" with (force)`);
    await fixture.remove();
  });

  const make = async (name?: string) => {
    const database = await createEmptyDatabase(server, name === undefined ? {} : { name });
    databases.push(database);
    return database.name;
  };
  const ids = async (...wanted: string[]) => await fixture.engine.databaseIds(address, wanted, fixture.context);
  const prepare = async () => {
    const name = await make();
    const sibling = await make();
    const kept = `${name}_before`;
    names.push(kept);
    const known = await ids(name, sibling);
    const [old, fresh] = [known.get(name)!, known.get(sibling)!];
    const renames = [
      { oid: old, from: name, to: kept },
      { oid: fresh, from: sibling, to: name },
    ];
    return { name, sibling, kept, old, fresh, renames };
  };

  it("swaps two databases under 20 clients that reconnect as fast as they can, and back", async () => {
    const { engine, context } = fixture;
    const { name, sibling, kept, old, fresh, renames } = await prepare();
    const pool = new ReconnectingPool(server.url(name), name, 20);
    await expect.poll(() => pool.answersSince(0).length).toBeGreaterThan(40);

    for (let turn = 0; turn < 3; turn += 1) {
      const { sessionsEnded } = await engine.renameDatabases(address, renames, context);
      const swapped = pool.now();
      expect(sessionsEnded).toBeGreaterThan(0);
      expect(await ids(name, sibling, kept)).toEqual(
        new Map([
          [name, fresh],
          [kept, old],
        ]),
      );
      await expect.poll(() => pool.answersSince(swapped).length).toBeGreaterThan(40);
      expect(new Set(pool.answersSince(swapped))).toEqual(new Set([String(fresh)]));
        server.major,
        "swap",
        swapped - begun,
        "ended",
        sessionsEnded,
        "longest connect",
        Math.max(...during.map((v) => v.to - v.from)),
        JSON.stringify(Object.fromEntries(Object.entries(Object.groupBy(during, (v) => v.code)).map(([c, v]) => [c, v!.length]))),
      );
      await engine.renameDatabases(
        address,
        [
          { oid: fresh, from: name, to: sibling },
          { oid: old, from: kept, to: name },
        ],
        context,
      );
      expect(await ids(name, sibling, kept)).toEqual(
        new Map([
          [name, old],
          [sibling, fresh],
        ]),
      );
    }
    await pool.stop();
  });
}

describe("Replacing a database", () => {
  describeOn(15, suite);
  describeOn(17, suite);
});
