import { join } from "node:path";
import type postgres from "postgres";
import { describe, expect, it } from "vitest";
import { runTool } from "#lib/exec/run-tool";
import { describeOn, type TestServer } from "#lib/testing/postgres";
import type { SnapshotResult } from "../port.ts";
import { sorted } from "./copy-fixture.ts";
import { engineFixture, restoreRequest, scriptedTools, snapshotRequest, writeSnapshot } from "./engine-fixture.ts";
import { ReplaceBench } from "./replace-fixture.ts";

/** One of everything that may hang on something else, with rows whose order has holes. */
const shop = `
  create extension hstore; create extension citext schema public;
  create schema app; create schema "odd ""q"" schema";
  create type mood as enum ('sad', 'ok'); create domain positive as int check (value > 0);
  create function stamp() returns trigger language plpgsql as $$ begin new.note = coalesce(new.note, '') || '!'; return new; end $$;
  create table customers (id int generated always as identity primary key, name citext not null unique, feeling mood default 'ok', more hstore);
  insert into customers (name, more) select 'c' || i, hstore('k', i::text) from generate_series(1, 300) i;
  create table app.orders (id serial primary key, customer int not null references customers, amount positive, note text, big text);
  insert into app.orders (customer, amount, note, big) select 1 + i % 300, i, 'n', case when i % 3 = 0 then repeat('x', i % 900) end from generate_series(1, 3000) i;
  update app.orders set note = 'moved ' || id where id % 5 = 0; delete from app.orders where id % 11 = 0;
  create trigger stamped before insert or update on app.orders for each row execute function stamp();
  create table events (at date not null, id int, primary key (at, id)) partition by range (at);
  create table events_2025 partition of events for values from ('2025-01-01') to ('2026-01-01');
  create table events_rest partition of events default;
  create index events_id on events (id); alter table events add foreign key (id) references customers;
  insert into events select date '2025-06-01' + i, 1 from generate_series(1, 400) i;
  create table "odd ""q"" schema"."-Fp; x" (id int); insert into "odd ""q"" schema"."-Fp; x" values (7);
  create view recent as select * from app.orders where id > 2000;
  create materialized view totals as select customer, sum(amount) as total from app.orders group by 1;
  select lo_from_bytea(4711, decode(repeat('ab', 5000), 'hex'));
  create sequence lonely start 41; select nextval('lonely');
  comment on table customers is 'ours'; comment on schema app is 'the app';
`;

/** What happened since the backup: rows and definitions changed, things came and went. */
const since = `
  delete from app.orders where id % 2 = 0; update customers set name = name || ' x';
  alter table customers add column later int; drop view recent; drop table "odd ""q"" schema"."-Fp; x";
  select lo_unlink(4711); select lo_from_bytea(4712, 'x'); alter type mood add value 'new';
  create table app.own (id int primary key, text text); insert into app.own values (1, 'stays');
`;

function suite(server: TestServer) {
  const bench = new ReplaceBench(server);
  const psqlDump = async (database: string) => {
    const { stdout, exitCode } = await runTool({
      file: join(server.binDir, "pg_dump"),
      args: ["--no-password"],
      env: {
        PGHOST: server.host,
        PGPORT: String(server.port),
        PGUSER: server.superuser,
        PGPASSWORD: server.password,
        PGDATABASE: database,
      },
      timeoutMs: 60_000,
      maxOutputBytes: 16_000_000,
      rawStdout: true,
    });
    expect(exitCode).toBe(0);
    return stdout.replaceAll(/^\\(un)?restrict .*$/gm, "");
  };
  type Scene = {
    name: string;
    owner: { name: string; address: typeof bench.address };
    sql: postgres.Sql;
    dumped: SnapshotResult;
    path: string;
  };
  /** A database of a role that may not create any, and its backup. */
  const prepare = async (definition = shop): Promise<Scene> => {
    const owner = await bench.role("", "owner");
    const name = await bench.make(undefined, owner.name);
    const sql = await bench.session(name, owner.address);
    await sql.unsafe(definition);
    const path = join(bench.fixture.context.workDir, "stream");
    const dumped = await writeSnapshot(
      await bench.fixture.engine.snapshot(snapshotRequest(owner.address, name), bench.fixture.context),
      path,
    );
    return { name, owner, sql, dumped, path };
  };
  const load = async ({ name, owner, path }: Scene, changes: Partial<ReturnType<typeof restoreRequest>> = {}) =>
    await bench.fixture.engine.loadInPlace(path, restoreRequest(owner.address, name, changes), () => undefined, bench.fixture.context);
  const digests = async ({ name, owner }: Scene) =>
    sorted(await bench.fixture.engine.digestCopy(restoreRequest(owner.address, name), bench.fixture.context));
  /** Definitions and rows as `pg_dump` sees them, and the table ids that tell whether anything was committed. */
  const stateOf = async (scene: Scene) => ({
    dump: await psqlDump(scene.name),
    digests: await digests(scene),
    oids: [...(await scene.sql`select oid, relname from pg_class where oid > 16384 order by 1`)],
  });

  it("brings back the backup's contents with equal digests as a role that may not create databases; what else there is stays", async () => {
    const scene = await prepare();
    const original = await psqlDump(scene.name);
    await scene.sql.unsafe(since);
    const [entries, told]: [Set<string>, number[]] = [new Set(), []];
    const request = restoreRequest(scene.owner.address, scene.name);
    const onEntry = (done: number, total: number, entry: string) => {
      entries.add(entry);
      told.push(done / total);
    };
    const before = await bench.admin(`select oid, datdba, datacl from pg_database where datname = '${scene.name}'`);
    const loaded = await bench.fixture.engine.loadInPlace(scene.path, request, onEntry, bench.fixture.context);
    expect(loaded).toEqual({ errors: [], exitCode: 0 });
    const found = await digests(scene);
    expect(found.filter(({ table }) => table !== "own")).toEqual(sorted(scene.dumped.tables));
    expect(await scene.sql`select * from app.own`).toEqual([{ id: 1, text: "stays" }]);
    expect(await scene.sql`select oid::int as id from pg_largeobject_metadata order by 1`).toContainEqual({ id: 4711 });
    expect(await scene.sql`select nextval('lonely')::int as next, obj_description('app'::regnamespace) as comment`).toEqual([
      { next: 42, comment: "the app" },
    ]);
    expect(await bench.admin(`select oid, datdba, datacl from pg_database where datname = '${scene.name}'`)).toEqual(before);
    expect(entries.size).toBeGreaterThan(10);
    expect(Math.max(...told)).toBeLessThanOrEqual(1);
    // Without what was not in the backup, it is the very database again.
    await scene.sql.unsafe("drop table app.own; select lo_unlink(4712); select setval('lonely', 41)");
    expect(await psqlDump(scene.name)).toBe(original);
    // And once more, onto itself.
    expect(await load(scene)).toEqual({ errors: [], exitCode: 0 });
    expect(await psqlDump(scene.name)).toBe(original);
  });

  describe("leaves the database exactly as it was when", () => {
    const failures: [string, string, RegExp][] = [
      ["a view of its own depends on a table", "create view app.mine as select id from customers", /because other objects depend on it/],
      ["a foreign key of its own does", "create table app.refs (id int references customers)", /because other objects depend on it/],
      ["a column of its own uses a type", "create table app.uses (m mood)", /because other objects depend on it/],
      [
        "a partition of its own would go with its parent",
        "create table events_2030 partition of events for values from ('2030-01-01') to ('2031-01-01'); insert into events values ('2030-02-02', 1)",
        /partition public.events_2030 is not in the backup/,
      ],
    ];
    it.each(failures)("%s", async (_, change, message) => {
      const scene = await prepare();
      await scene.sql.unsafe(since);
      await scene.sql.unsafe(change);
      const before = await stateOf(scene);
      const { errors, exitCode } = await load(scene);
      expect(exitCode).toBe(1);
      expect(errors.map((error) => error.message).join("\n")).toMatch(message);
      expect(await stateOf(scene)).toEqual(before);
    });

    it("a table belongs to somebody else", async () => {
      const scene = await prepare();
      await bench.session(scene.name).then((admin) => admin`alter table app.orders owner to ${admin(server.superuser)}`);
      await bench.session(scene.name).then((admin) => admin`alter schema app owner to ${admin(server.superuser)}`);
      const dump = await psqlDump(scene.name);
      expect((await load(scene)).errors[0]?.message).toMatch(/must be owner|permission denied/);
      expect(await psqlDump(scene.name)).toBe(dump);
    });

    it("rows break a rule at the very end", async () => {
      const scene = await prepare(`create table parent (id int primary key); create table child (id int references parent);
        insert into parent values (7); insert into child values (7)`);
      const admin = await bench.session(scene.name);
      await admin.unsafe("set session_replication_role = replica; delete from parent; reset session_replication_role");
      const path = scene.path;
      await writeSnapshot(
        await bench.fixture.engine.snapshot(snapshotRequest(scene.owner.address, scene.name), bench.fixture.context),
        path,
      );
      await scene.sql.unsafe("truncate parent, child; insert into parent values (1); insert into child values (1)");
      const before = await stateOf(scene);
      const { errors, exitCode } = await load(scene);
      expect(exitCode).toBe(1);
      expect(errors[0]).toMatchObject({ class: "data", entry: expect.stringContaining("child_id_fkey") });
      expect(await stateOf(scene)).toEqual(before);
    });

    it("pg_restore is killed with -9 half-way", async () => {
      const scene = await prepare();
      await scene.sql.unsafe(since);
      const before = await stateOf(scene);
      const script = `mkfifo "$0.f"; REAL "$@" 2> "$0.f" & while read -r line; do echo "$line" >&2; case "$line" in *'for table "app.orders"'*) kill -9 $!; kill -9 $$;; esac; done < "$0.f"`;
      const folder = await scriptedTools(server, join(bench.fixture.context.workDir, "tools"), script, "", "pg_restore");
      const killer = await engineFixture([folder], { lockWaitMs: 240_000 });
      // Large objects come after the rows, so that the load cannot be through when it is killed.
      const holder = await (await bench.session(scene.name)).reserve();
      await holder.unsafe("begin; lock table pg_largeobject in exclusive mode");
      const killed = killer.engine.loadInPlace(
        scene.path,
        restoreRequest(scene.owner.address, scene.name),
        () => undefined,
        killer.context,
      );
      await expect(killed).rejects.toMatchObject({ code: "tool-killed", params: { tool: "pg_restore", signal: "SIGKILL" } });
      await holder.unsafe("rollback");
      holder.release();
      const ended = () => bench.admin(`select 1 from pg_stat_activity where application_name = '${killer.context.applicationName}'`);
      await expect.poll(async () => (await ended()).length).toBe(0);
      expect(await stateOf(scene)).toEqual(before);
      await killer.remove();
    });

    it("a person cancels half-way", async () => {
      const scene = await prepare();
      const before = await stateOf(scene);
      const request = restoreRequest(scene.owner.address, scene.name);
      const onEntry = (_: number, __: number, entry: string) => {
        if (entry.includes("orders")) bench.fixture.abort.abort(new Error("cancelled by a person"));
      };
      await expect(bench.fixture.engine.loadInPlace(scene.path, request, onEntry, bench.fixture.context)).rejects.toThrow(
        "cancelled by a person",
      );
      const ended = () => bench.admin(`select 1 from pg_stat_activity where application_name = '${bench.fixture.context.applicationName}'`);
      await expect.poll(async () => (await ended()).length).toBe(0);
      expect(await psqlDump(scene.name)).toBe(before.dump);
    });

    it("a session that may not be ended holds a table", async () => {
      const scene = await prepare();
      const before = await stateOf(scene);
      const holder = await (await bench.session(scene.name)).reserve();
      await holder.unsafe("begin; lock table app.orders in access share mode");
      await expect(load(scene)).rejects.toMatchObject({
        code: "sessions-not-ended",
        params: { database: scene.name, count: 1, who: `${server.superuser} (visitor)` },
      });
      expect(await holder`select 1 as still`).toEqual([{ still: 1 }]);
      await holder.unsafe("rollback");
      holder.release();
      expect(await stateOf(scene)).toEqual(before);
    });
  });

  it("ends sessions of its own role that hold tables", async () => {
    const scene = await prepare();
    const other = await bench.session(scene.name, scene.owner.address, "the app");
    const holder = await other.reserve();
    await holder.unsafe("begin; lock table app.orders in access share mode");
    expect(await load(scene)).toEqual({ errors: [], exitCode: 0 });
    expect(bench.fixture.logged.join("\n")).toContain("1 sessions that held tables were ended");
    expect(await digests(scene)).toEqual(sorted(scene.dumped.tables));
  });

  it("is tried again when it was chosen to end a deadlock with a reader", async () => {
    const scene = await prepare("create table a (id int); create table b (id int); insert into a values (1); insert into b values (2)");
    // A superuser's session cannot be ended by the owner, and waits longer than the load before it looks for a deadlock.
    const reader = await (await bench.session(scene.name)).reserve();
    const [{ first, second } = { first: 0, second: 0 }] = await reader<{ first: number; second: number }[]>`
      select 'b'::regclass::int as first, 'a'::regclass::int as second`;
    await reader.unsafe("set deadlock_timeout = '10min'; begin");
    // Tables are dropped in the reverse of their order: b is locked when a is still the reader's.
    await reader.unsafe("lock table a in access share mode");
    const reading = reader
      .unsafe(`do $$ begin
      while not exists (select from pg_locks where relation = ${first} and granted and mode = 'AccessExclusiveLock' and pid <> pg_backend_pid())
      loop perform pg_sleep(0.002); end loop;
      perform from b;
    end $$; commit`)
      .execute();
    const before = await digests(scene);
    expect(await load(scene)).toEqual({ errors: [], exitCode: 0 });
    await reading;
    reader.release();
    expect(bench.fixture.logged.join("\n")).toContain("deadlock");
    expect(await digests(scene)).toEqual(before);
    expect(await scene.sql`select 'b'::regclass::int <> ${first} and 'a'::regclass::int <> ${second} as anew`).toEqual([{ anew: true }]);
  });

  it("refuses parts of a backup, a catalogue, prepared transactions and a missing database", async () => {
    const scene = await prepare("create table t (id int)");
    await expect(load(scene, { content: "schema" })).rejects.toMatchObject({ code: "replace-needs-all" });
    await expect(load(scene, { tables: [{ schema: "public", table: "t" }] })).rejects.toMatchObject({ code: "replace-needs-all" });
    await expect(load(scene, { database: "nothing here" })).rejects.toMatchObject({ code: "database-missing" });
    await scene.sql.unsafe(`begin; create table u (id int); prepare transaction '${scene.name}'`);
    await expect(load(scene)).rejects.toMatchObject({ code: "target-has-prepared" });
    await scene.sql.unsafe(`rollback prepared '${scene.name}'`);
    await scene.sql.unsafe("create schema lifeboat; create table lifeboat.installation (id text)");
    await expect(load(scene)).rejects.toMatchObject({ code: "target-is-catalogue" });
  });
}

describe("Loading in place", () => {
  describeOn(15, suite);
  describeOn(17, suite);
});
