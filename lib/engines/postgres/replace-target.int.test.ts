import { describe, expect, it } from "vitest";
import { describeOn, type TestServer } from "#lib/testing/postgres";
import { countingSessions } from "#lib/testing/server-visits";
import { engineFixture, restoreRequest } from "./engine-fixture.ts";
import { ReplaceBench } from "./replace-fixture.ts";
import { identifier, literal } from "./sql-text.ts";
import { hostileNames } from "./copy-fixture.ts";

function suite(server: TestServer) {
  const bench = new ReplaceBench(server);
  const inspect = async (database: string, as = bench.address) =>
    await bench.fixture.engine.inspectTarget(restoreRequest(as, database), bench.fixture.context);
  const drop = async (oid: number, database: string, as = bench.address) =>
    await bench.fixture.engine.dropDatabaseById(as, { oid, database }, bench.fixture.context);

  describe("a database that is to be replaced", () => {
    it("is told as it is: owner, sessions, prepared transactions, replication, tables", async () => {
      const owner = await bench.role("", "owner");
      const name = await bench.make(undefined, owner.name);
      const inside = await bench.session(name);
      await inside.unsafe(`create schema "odd ""q"""; create table "odd ""q"""."a.b" (id int); create view v as select 1 as one;
        create table parts (id int) partition by list (id); create table part_one partition of parts for values in (1);
        create extension hstore; create temp table mine (id int)`);
      const known = await bench.ids(name);
      const first = await inspect(name);
      expect(first.existing).toEqual({
        oid: known.get(name),
        owner: owner.name,
        isOwned: true,
        encoding: "UTF8",
        sessions: 1,
        preparedTransactions: 0,
        replication: 0,
        sizeBytes: expect.any(Number),
        tables: [
          { schema: 'odd "q"', table: "a.b", oid: expect.any(Number) },
          { schema: "public", table: "part_one", oid: expect.any(Number) },
        ],
      });
      const second = await bench.session(name);
      await second.unsafe(`begin; create table u (id int); prepare transaction ${literal(name)}`);
      // A slot would wait for every transaction of the whole server.
      await second.unsafe("create subscription taken connection 'host=127.0.0.1' publication p with (connect = false)");
      expect((await inspect(name)).existing).toMatchObject({ sessions: 2, preparedTransactions: 1, replication: 1 });
      await inside.unsafe(`rollback prepared ${literal(name)}`);
      await inside.unsafe("alter subscription taken set (slot_name = none)");
      await inside.unsafe("drop subscription taken");
    });

    it("is null where there is none, and a name is a name", async () => {
      expect((await inspect("nothing here")).existing).toBeNull();
      for (const name of hostileNames("d").slice(0, 2)) {
        await bench.make(name);
        expect((await inspect(name)).existing).toMatchObject({ tables: [], isOwned: true });
      }
    });

    it("says who owns it to a role that does not, and why it cannot be looked into", async () => {
      const owner = await bench.role("", "owner");
      const member = await bench.role(`in role ${identifier(owner.name)}`, "member");
      const stranger = await bench.role("", "stranger");
      const name = await bench.make(undefined, owner.name);
      expect((await inspect(name, member.address)).existing).toMatchObject({ isOwned: true, tables: [] });
      expect((await inspect(name, stranger.address)).existing).toMatchObject({ isOwned: false, owner: owner.name });
      await bench.admin(`revoke connect on database ${identifier(name)} from public`);
      expect((await inspect(name, stranger.address)).existing).toMatchObject({
        isOwned: false,
        sizeBytes: null,
        tables: [],
        unread: { code: "privilege-missing" },
      });
    });
  });

  describe("a database that was kept", () => {
    it("is removed by its id, with the sessions in it, and quietly when it is gone", async () => {
      const name = await bench.make();
      const oid = (await bench.ids(name)).get(name)!;
      await bench.session(name);
      await drop(oid, name);
      expect(await bench.ids(name)).toEqual(new Map());
      await drop(oid, name);
    });

    it("is not removed when another one has its name", async () => {
      const name = await bench.make();
      const oid = (await bench.ids(name)).get(name)!;
      const visitor = await bench.session(name);
      await expect(drop(oid + 1, name)).rejects.toMatchObject({ code: "target-changed", params: { database: name } });
      expect(await visitor`select 1 as still`).toEqual([{ still: 1 }]);
      expect((await bench.ids(name)).get(name)).toBe(oid);
    });

    it("is removed in a second try when the first one was killed half-way", async () => {
      const name = await bench.make();
      const oid = (await bench.ids(name)).get(name)!;
      await bench.admin(`update pg_database set datconnlimit = -2 where oid = ${oid}`);
      await drop(oid, name);
      expect(await bench.ids(name)).toEqual(new Map());
    });

    it("stays where it is not ours, holds prepared transactions, has sessions of a superuser, or is a catalogue", () =>
      countingSessions(server, async () => {
        const owner = await bench.role("", "owner");
        const stranger = await bench.role("", "stranger");
        const name = await bench.make(undefined, owner.name);
        const oid = (await bench.ids(name)).get(name)!;
        await expect(drop(oid, name, stranger.address)).rejects.toMatchObject({ code: "target-not-owned" });
        const visitor = await bench.session(name);
        await expect(drop(oid, name, owner.address)).rejects.toMatchObject({
          code: "sessions-not-ended",
          params: { database: name, count: 1, who: `${server.superuser} (visitor)` },
        });
        await visitor.unsafe(`begin; create table u (id int); prepare transaction ${literal(name)}`);
        await expect(drop(oid, name)).rejects.toMatchObject({ code: "target-has-prepared" });
        await visitor.unsafe(`rollback prepared ${literal(name)}`);
        await visitor.unsafe("create schema lifeboat; create table lifeboat.installation (id text)");
        await expect(drop(oid, name)).rejects.toMatchObject({ code: "target-is-catalogue" });
        const fixture = await engineFixture([server.binDir], {
          cataloguesAddress: { host: "127.0.0.1", port: server.port, database: name },
        });
        await visitor.unsafe("drop schema lifeboat cascade");
        await expect(fixture.engine.dropDatabaseById(bench.address, { oid, database: name }, fixture.context)).rejects.toMatchObject({
          code: "target-is-catalogue",
        });
        await fixture.remove();
        expect((await bench.ids(name)).get(name)).toBe(oid);
      }));
  });
}

describe("Around a replacement,", () => {
  describeOn(15, suite);
  describeOn(17, suite);
});
