import { readFile, writeFile } from "node:fs/promises";
import postgres from "postgres";
import { expect, it } from "vitest";
import { createEmptyDatabase, describeOn, type TestServer } from "#lib/testing/postgres";
import { frameAnew } from "./archive-fixture.ts";
import { ArchiveReader } from "./archive-reader.ts";
import { CopyBench, sorted } from "./copy-fixture.ts";
import { addressOf, engineFixture, restoreRequest, scriptedTools, snapshotRequest, writeSnapshot } from "./engine-fixture.ts";

/** One of everything that a table can hang on, with rows updated, deleted and of very different sizes, so that their order has holes. */
const everything = `
  create type mood as enum ('sad', 'ok');
  create domain positive as int check (value > 0);
  create function stamp() returns trigger language plpgsql as $$ begin new.note = coalesce(new.note, '') || '!'; return new; end $$;
  create table customers (id int generated always as identity primary key, name text not null unique, feeling mood default 'ok');
  insert into customers (name) select 'c' || i from generate_series(1, 500) i;
  create table orders (id serial primary key, customer int not null references customers, amount positive,
    twice int generated always as (amount * 2) stored, note text, big text);
  create index orders_amount on orders (amount);
  comment on index orders_amount is 'by amount';
  insert into orders (customer, amount, note, big)
    select 1 + i % 500, i, 'n', case when i % 7 = 0 then repeat(md5(i::text), 60) when i % 3 = 0 then repeat('x', i % 900) end from generate_series(1, 4000) i;
  update orders set note = 'moved ' || id where id % 5 = 0;
  delete from orders where id % 11 = 0;
  vacuum_here;
  insert into orders (customer, amount, note) select 1 + i % 500, i, 'late' from generate_series(1, 900) i;
  update orders set big = repeat('y', 700) where id % 13 = 0;
  create trigger stamped before insert or update on orders for each row execute function stamp();
  create table events (at date not null, id int, text text, primary key (at, id)) partition by range (at);
  create table events_2025 partition of events for values from ('2025-01-01') to ('2026-01-01');
  create table events_2026 partition of events for values from ('2026-01-01') to ('2027-01-01') partition by list (id);
  create table events_2026_one partition of events_2026 for values in (1);
  create table events_rest partition of events default;
  insert into events select date '2024-06-01' + i, 1, 'e' || i from generate_series(1, 800) i;
  create view recent as select * from orders where id > 3000;
  create materialized view totals as select customer, sum(amount) as total from orders group by 1;
  create unique index totals_customer on totals (customer);
  alter table customers enable row level security;
  create policy everybody on customers using (true);
  create rule quiet as on delete to customers do instead nothing;
  select lo_from_bytea(0, decode(repeat('ab', 5000), 'hex')), lo_from_bytea(0, '');
  create sequence lonely start 41; select nextval('lonely');
`;

function suite(server: TestServer) {
  const bench = new CopyBench(server);

  const withEverything = async () => {
    const source = bench.track(await createEmptyDatabase(server));
    const [before = "", after = ""] = everything.split("vacuum_here;");
    await source.sql.unsafe(before);
    await source.sql`vacuum orders`;
    await source.sql.unsafe(after);
    return source;
  };
  const ask = async (database: string, query: string) => {
    const copy = postgres(server.url(database), { max: 1, onnotice: () => undefined });
    try {
      return await copy.unsafe(query);
    } finally {
      await copy.end({ timeout: 1 });
    }
  };

  it("restores rows in the recorded order with one job and with four, with all that hangs on them", async () => {
    const source = await withEverything();
    const result = await bench.dump(source.name);
    expect(result).toMatchObject({ digestsFromStream: true, warnings: [] });
    expect(result.largeObjects).toBeGreaterThan(0);
    expect(sorted(result.tables).map(({ table }) => table)).toEqual([
      "customers",
      "events_2025",
      "events_2026_one",
      "events_rest",
      "orders",
    ]);
    const facts = `select (select count(*) from totals)::int as totals, (select count(*) from recent)::int as recent,
      (select sum(twice) from orders)::int as twice, (select count(*) from pg_constraint where contype in ('f', 'p', 'u'))::int as constraints,
      (select count(*) from pg_trigger where not tgisinternal)::int as triggers, (select count(*) from pg_policy)::int as policies,
      (select count(*) from pg_largeobject_metadata)::int as objects, (select sum(length(data)) from pg_largeobject)::int as bytes,
      (select last_value from lonely)::int as lonely, obj_description('orders_amount'::regclass) as comment`;
    const expected = await ask(source.name, facts);
    for (const [jobs, owners] of [
      [1, "none"],
      [4, "keep"],
    ] as const) {
      const name = `${source.name}_${jobs}`;
      const { loaded, digests } = await bench.restore(result, name, { jobs, owners });
      expect(loaded).toEqual({ errors: [], exitCode: 0, tool: expect.stringMatching(/^pg_restore \d+\.\d+/) });
      expect(digests).toEqual(sorted(result.tables));
      expect(await ask(name, facts)).toEqual(expected);
    }
  });

  it("restores definitions only, data without indexes and keys, and chosen tables with what they need", async () => {
    const source = await withEverything();
    const result = await bench.dump(source.name);
    const kinds = `select (select count(*) from pg_class c where relkind = 'r' and relnamespace = 'public'::regnamespace)::int as tables,
      (select count(*) from pg_class where relkind = 'i' and relnamespace = 'public'::regnamespace)::int as indexes,
      (select count(*) from pg_constraint where contype = 'f')::int as keys, (select count(*) from pg_trigger where not tgisinternal)::int as triggers`;

    const schema = await bench.restore(result, `${source.name}_schema`, { content: "schema" });
    expect(schema.loaded.errors).toEqual([]);
    expect(schema.digests.map(({ rows }) => rows)).toEqual([0, 0, 0, 0, 0]);
    expect(await ask(`${source.name}_schema`, kinds)).toEqual(await ask(source.name, kinds));

    const data = await bench.restore(result, `${source.name}_data`, { content: "data" });
    expect(data).toMatchObject({ loaded: { errors: [] }, digests: sorted(result.tables) });
    expect(await ask(`${source.name}_data`, kinds)).toMatchObject([{ tables: 5, indexes: 0, keys: 0, triggers: 0 }]);

    const orders = await bench.restore(result, `${source.name}_orders`, { tables: [{ schema: "public", table: "orders" }] });
    expect(orders.loaded.errors).toEqual([]);
    expect(orders.digests).toEqual(result.tables.filter(({ table }) => table === "orders"));
    // The foreign key needs customers, who were not chosen.
    expect(await ask(`${source.name}_orders`, kinds)).toMatchObject([{ tables: 1, indexes: 2, keys: 0, triggers: 1 }]);

    const both = [
      { schema: "public", table: "orders" },
      { schema: "public", table: "customers" },
      { schema: "public", table: "events" },
    ];
    const chosen = await bench.restore(result, `${source.name}_both`, { tables: both });
    expect(chosen.loaded.errors).toEqual([]);
    expect(chosen.digests).toEqual(sorted(result.tables));
    expect(await ask(`${source.name}_both`, kinds)).toEqual(
      await ask(source.name, kinds.replace("relkind = 'i'", "relkind = 'i' and relname not like 'totals%'")),
    );
  });

  it("says what is on a target", async () => {
    const source = bench.track(await createEmptyDatabase(server));
    const { engine, context } = bench.fixture;
    const facts = await engine.inspectTarget(restoreRequest(addressOf(server), source.name), context);
    expect(facts).toMatchObject({
      serverVersion: expect.stringMatching(new RegExp(`^${server.major}\\.`)),
      toolVersion: expect.stringMatching(new RegExp(`^${server.major}\\.`)),
      databases: expect.arrayContaining([source.name, "postgres"]),
      roles: expect.arrayContaining([server.superuser]),
      extensions: expect.arrayContaining(["plpgsql"]),
      tablespaces: ["pg_default", "pg_global"],
      canCreateDatabase: true,
      isSuperuser: true,
      localeAvailable: true,
      isCatalogue: false,
    });
    const properties = { ...(await bench.dump(source.name)).manifest.properties!, collate: "xx_XX.UTF-8", ctype: "xx_XX.UTF-8" };
    const odd = restoreRequest(addressOf(server), "odd locale", { properties });
    expect(await engine.inspectTarget(odd, context)).toMatchObject({ localeAvailable: false });
    await expect(engine.createDatabase(odd, context)).rejects.toMatchObject({ code: "target-encoding-missing" });
    await expect(engine.createDatabase(restoreRequest(addressOf(server), source.name), context)).rejects.toMatchObject({
      code: "target-exists",
    });
    await source.sql.unsafe("create schema lifeboat; create table lifeboat.installation (id text)");
    expect(await engine.inspectTarget(restoreRequest(addressOf(server), source.name), context)).toMatchObject({ isCatalogue: true });
  });

  it("returns every error of a load with its class instead of swallowing it", async () => {
    const source = bench.track(await createEmptyDatabase(server));
    const admin = server.admin();
    const role = `gone_${source.name}`;
    await admin`create role ${admin(role)}`;
    await source.sql.unsafe(
      `create table t (id int); create table u (id int); alter table t owner to "${role}"; grant select on u to "${role}"`,
    );
    await source.sql.unsafe(`create table parent (id int primary key); create table child (id int references parent)`);
    await source.sql.unsafe(`set session_replication_role = replica; insert into child values (7); reset session_replication_role`);
    await source.sql.unsafe(`create extension hstore`);
    const result = await bench.dump(source.name);
    await source.sql.unsafe(`drop owned by "${role}"`);
    await admin`drop role ${admin(role)}`;
    // The same archive, naming an extension that no server has.
    const archive = await readFile(result.path, "latin1");
    await writeFile(result.path, archive.replaceAll("hstore", "hstorx"), "latin1");

    const { loaded } = await bench.restore(result, `${source.name}_copy`);
    expect(loaded.exitCode).toBe(1);
    const classes = new Map(loaded.errors.map((error) => [error.class, error]));
    expect([...classes.keys()].toSorted()).toEqual(["data", "extension", "ownership", "privileges"]);
    expect(classes.get("ownership")?.message).toContain(role);
    expect(classes.get("extension")?.message).toMatch(/hstorx/);
    expect(classes.get("data")?.message).toMatch(/violates foreign key constraint/);
    expect(classes.get("data")?.entry).toContain("child_id_fkey");

    const request = restoreRequest(addressOf(server), `${source.name}_copy`, { owners: "none" });
    const again = await bench.fixture.engine.load(result.path, request, () => undefined, bench.fixture.context);
    expect(again.errors.filter((error) => error.class === "exists").map((error) => error.message)).toEqual(
      expect.arrayContaining([expect.stringContaining(`relation "t" already exists`)]),
    );
  });

  it("keeps a database in another encoding readable, byte for byte", async () => {
    const source = bench.track(await createEmptyDatabase(server, { properties: "encoding 'LATIN1' locale 'C'" }));
    await source.sql.unsafe(`create schema "Ñandú"; create table "Ñandú"."Straße" (id int, "größe" text)`);
    await source.sql.unsafe(`insert into "Ñandú"."Straße" select i, 'Käse ' || i || chr(i) from generate_series(161, 255) i`);
    await source.sql.unsafe(`create table "Ñandú"."leer" (id int); insert into "Ñandú".leer values (1)`);
    const result = await bench.dump(source.name, { excludedTables: [{ schema: "Ñandú", table: "leer" }] });
    expect(sorted(result.tables)).toMatchObject([
      { schema: "Ñandú", table: "leer", excluded: true },
      { schema: "Ñandú", table: "Straße", rows: 95 },
    ]);
    expect(result.manifest.properties).toMatchObject({ encoding: "LATIN1", collate: "C" });
    const { loaded, digests } = await bench.restore(result, `${source.name}_copy`);
    expect(loaded.errors).toEqual([]);
    expect(digests.find(({ table }) => table === "Straße")).toEqual(result.tables.find(({ table }) => table === "Straße"));
    const bytes = `select current_setting('server_encoding') as encoding, md5(string_agg("größe"::bytea, '' order by id)) as md5 from "Ñandú"."Straße"`;
    expect(await ask(`${source.name}_copy`, bytes)).toEqual(await ask(source.name, bytes));
  });

  it("keeps a database without encoding as it is", async () => {
    const source = bench.track(await createEmptyDatabase(server, { properties: "encoding 'SQL_ASCII' locale 'C'" }));
    await source.sql.unsafe(`create table mixed (id int, raw text); insert into mixed values (1, E'caf\\\\351'), (2, E'\\\\303\\\\251')`);
    const result = await bench.dump(source.name);
    const { loaded, digests } = await bench.restore(result, `${source.name}_copy`);
    expect(loaded.errors).toEqual([]);
    expect(digests).toEqual(result.tables);
  });

  it("counts by SQL in the same snapshot when the archive's version is not known", async () => {
    const source = bench.track(await createEmptyDatabase(server));
    await source.sql.unsafe(`create schema "a.b"; create table "a.b"."c.d" as select i as id from generate_series(1, 5) i`);
    await source.sql`create table left_out as select 1 as id`;
    const folder = `${bench.fixture.context.workDir}/tools`;
    const script = `REAL "$@" > "$0.out"; printf 'PGDMP\\001\\021'; tail -c +8 "$0.out"`;
    const newer = await engineFixture([await scriptedTools(server, folder, script)]);
    const request = snapshotRequest(addressOf(server), source.name, { excludedTables: [{ schema: "public", table: "left_out" }] });
    const snapshot = await newer.engine.snapshot(request, newer.context);
    await source.sql`insert into "a.b"."c.d" values (6)`;
    const result = await writeSnapshot(snapshot, `${newer.context.workDir}/stream`);
    expect(result.digestsFromStream).toBe(false);
    expect(result.tables).toMatchObject([
      { schema: "a.b", table: "c.d", rows: 5, bytes: 0, sha256: "0".repeat(64), excluded: false },
      { schema: "public", table: "left_out", rows: 0, excluded: true },
    ]);
    expect(newer.logged.join("\n")).toContain("archive version 1.17");
    await newer.remove();
  });

  it("frames a real archive anew that came in blocks of 128 KiB, into the very bytes of one row a block", async () => {
    const source = await withEverything();
    const { path, tables } = await bench.dump(source.name);
    const archive = await readFile(path);
    const framed = frameAnew(archive, 131_072);
    expect(framed.equals(archive)).toBe(false);
    const reader = new ArchiveReader();
    const chunks = [...reader.push(framed)];
    const { chunks: last, facts } = reader.end();
    expect(Buffer.concat([...chunks, ...last].map((chunk) => chunk.bytes)).equals(archive)).toBe(true);
    expect(facts).toMatchObject({ unread: null, cut: null });
    expect(sorted(facts.tables)).toMatchObject(sorted(tables).map(({ table, rows, sha256 }) => ({ table, rows, sha256 })));
  });
}

describeOn(15, suite);
describeOn(17, suite);
