import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEmptyDatabase, describeOn, type TestDatabase, type TestServer } from "#lib/testing/postgres";
import { addressOf, engineFixture, type EngineFixture } from "./engine-fixture.ts";
import { faultyProxy } from "./proxy-fixture.ts";

function suite(server: TestServer) {
  let fixture: EngineFixture;
  let made: TestDatabase;
  const role = `counting_${Math.random().toString(36).slice(2, 10)}`;
  const address = () => addressOf(server);

  beforeAll(async () => {
    fixture = await engineFixture([server.binDir]);
    made = await createEmptyDatabase(server);
    await made.sql.unsafe(`
      create table big as select generate_series(1, 3000) as id;
      create table small as select 1 as id;
      create unlogged table scratch as select generate_series(1, 5) as id;
      create temp table mine (id int);
      create schema "odd ""q""";
      create table "odd ""q"""."a.b" as select 1 as id;
      create table parent (id int); insert into parent values (1);
      create table child () inherits (parent); insert into child values (2), (3);
      create table parts (id int) partition by list (id);
      create table part_one partition of parts for values in (1);
      insert into parts values (1), (1);
      create view seen as select * from big;
      create materialized view kept as select * from big;
      create extension hstore;
      create role ${role} login password 'counting';
      grant select on big, small to ${role};
      analyze big;
      analyze scratch;
    `);
  });

  afterAll(async () => {
    await made.drop();
    await server.admin().unsafe(`drop role ${role}`);
    await fixture.remove();
  });

  // A busy machine may take its time to connect: only what is silent is to be given up soon.
  const count = async (budgetMs = 20_000, as = address(), { context = fixture.context, graceMs = 60_000 } = {}) =>
    await fixture.engine.countRows(as, made.name, [{ schema: "public", table: "big" }], { budgetMs, graceMs }, context);
  const rowsOf = (counts: Awaited<ReturnType<typeof count>>) =>
    Object.fromEntries(counts.tables.map(({ schema, table, rows, exact }) => [`${schema}|${table}`, exact ? rows : ["about", rows]]));

  describe("rows of a source", () => {
    it("are counted exactly: what a dump holds, each table for itself", async () => {
      const counts = await count();
      expect(rowsOf(counts)).toEqual({
        "public|big": 3000,
        "public|small": 1,
        "public|scratch": 5,
        'odd "q"|a.b': 1,
        "public|parent": 1,
        "public|child": 2,
        "public|part_one": 2,
      });
      expect(Math.abs(counts.countedAt.getTime() - Date.now())).toBeLessThan(60_000);
    });

    it("come with the largest table last", async () => {
      expect((await count()).tables.at(-1)?.table).toBe("big");
    });

    it("are estimates beyond the budget, and unknown where nothing was analysed", async () => {
      const rows = rowsOf(await count(0));
      expect(rows).toMatchObject({ "public|big": ["about", 3000], "public|scratch": ["about", 5] });
      expect(rows["public|small"]).toEqual(["about", null]);
    });

    it("are an estimate where the table is locked, and the others are counted all the same", async () => {
      await made.sql.begin(async (tx) => {
        await tx`lock table big in access exclusive mode`;
        const rows = rowsOf(await count());
        expect(rows).toMatchObject({ "public|big": ["about", 3000], "public|parent": 1 });
        // Here the statement's own limit ends the waiting before that of the lock does.
        expect(rowsOf(await count(300))).toMatchObject({ "public|big": ["about", 3000] });
      });
    });

    it("are an estimate where the role may not read", async () => {
      const rows = rowsOf(await count(20_000, addressOf(server, { username: role, password: "counting" })));
      expect(rows).toMatchObject({ "public|big": 3000, "public|small": 1, "public|scratch": ["about", 5] });
    });

    it("are an estimate where row security would hide some", async () => {
      await made.sql.unsafe("alter table small enable row level security; analyze small");
      const rows = rowsOf(await count(20_000, addressOf(server, { username: role, password: "counting" })));
      await made.sql.unsafe("alter table small disable row level security");
      expect(rows).toMatchObject({ "public|small": ["about", 1] });
    });

    it("are not to be had from a database that is gone or a server that is down", async () => {
      const asked = fixture.engine.countRows(address(), "no such database", [], { budgetMs: 1000, graceMs: 60_000 }, fixture.context);
      await expect(asked).rejects.toMatchObject({ code: "database-missing" });
      await expect(count(1000, addressOf(server, { port: 1 }))).rejects.toMatchObject({ code: "connection-refused" });
    });

    it("are given up soon where the server falls silent", async () => {
      const proxy = await faultyProxy(server);
      try {
        proxy.silence("silent");
        const begun = performance.now();
        const throughProxy = addressOf(server, { port: proxy.port, tlsMode: "disable" });
        await expect(count(500, throughProxy, { graceMs: 2_000 })).rejects.toMatchObject({ code: "connection-lost" });
        expect(performance.now() - begun).toBeLessThan(8_000);
      } finally {
        await proxy.close();
      }
    });

    it("are not counted for somebody who has gone", async () => {
      const abort = new AbortController();
      abort.abort(new Error("gone"));
      await expect(count(1000, address(), { context: { ...fixture.context, signal: abort.signal } })).rejects.toThrow("gone");
    });
  });
}

describeOn(15, suite);
describeOn(17, suite);
