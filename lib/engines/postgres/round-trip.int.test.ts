import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createEmptyDatabase, createShopDatabase, describeOn, type TestServer } from "#lib/testing/postgres";
import { CopyBench, hostileNames, sorted } from "./copy-fixture.ts";
import { identifier, literal } from "./sql-text.ts";

function suite(server: TestServer) {
  const bench = new CopyBench(server);
  const names = hostileNames("p");

  it("brings the shop back with every row: equal counts and digests, table by table", async () => {
    const shop = bench.track(await createShopDatabase(server));
    const result = await bench.dump(shop.name);
    expect(result).toMatchObject({ digestsFromStream: true, warnings: [] });
    const { loaded, digests, seen } = await bench.restore(result, `${shop.name}_copy`);
    expect(loaded).toEqual({ errors: [], exitCode: 0, tool: expect.stringMatching(/^pg_restore \d+\.\d+/) });
    expect(digests).toEqual(sorted(result.tables));
    expect(result.tables.reduce((sum, table) => sum + table.rows, 0)).toBeGreaterThan(1_000);
    expect(seen.length).toBeGreaterThan(10);
    const listing = await bench.fixture.engine.listArchive(result.path, bench.fixture.context);
    expect(listing).toContain("TABLE DATA");
  });

  it("counts and hashes what the server's own COPY prints", async () => {
    const shop = bench.track(await createShopDatabase(server));
    const result = await bench.dump(shop.name);
    for (const { schema, table, rows, sha256 } of result.tables) {
      const [counted] = await shop.sql`select count(*)::int as rows from only ${shop.sql(schema)}.${shop.sql(table)}`;
      expect({ table, rows }).toEqual({ table, rows: counted!["rows"] });
      const env = { ...process.env, PGPASSWORD: server.password, PGTZ: "UTC", PGOPTIONS: "-c extra_float_digits=3" };
      const copied = execFileSync(
        join(server.binDir, "psql"),
        [
          "-qAtX",
          "-h",
          server.host,
          "-p",
          String(server.port),
          "-U",
          server.superuser,
          "-d",
          shop.name,
          "-c",
          `copy "${schema}"."${table}" to stdout`,
        ],
        { env, maxBuffer: 100_000_000 },
      );
      expect({ table, sha256 }).toEqual({ table, sha256: createHash("sha256").update(copied).digest("hex") });
    }
  });

  // Names of databases travel alike with every version; the ones that look like arguments are tried with both.
  it.each(server.major < 17 ? names : names.slice(0, 5))("takes %j as the name of a database and nothing else", async (name) => {
    const { sql } = bench.track(await createEmptyDatabase(server, { name }));
    await sql`create table t as select i as id from generate_series(1, 7) i`;
    const result = await bench.dump(name);
    expect(result.tables).toMatchObject([{ schema: "public", table: "t", rows: 7 }]);
    const whole = await bench.restore(result, `${name.slice(0, 40)} copy`);
    expect(whole.loaded.errors).toEqual([]);
    expect(whole.digests).toEqual(result.tables);
  });

  it("takes every hostile name for schemas and tables: whole, chosen and left out", async () => {
    const source = bench.track(await createEmptyDatabase(server));
    for (const name of names) {
      const at = `${identifier(name)}.${identifier(name)}`;
      await source.sql.unsafe(`create schema ${identifier(name)}; create table ${at} (id int primary key, note text)`);
      await source.sql.unsafe(`insert into ${at} values (1, 'a'), (2, null), (3, ${literal("tab\there\nand \\ there")})`);
    }
    await source.sql`create table public.other as select 1 as id`;
    const refs = names.map((name) => ({ schema: name, table: name }));
    const all = (rows: number, excluded: boolean) => names.map((name) => ({ schema: name, table: name, rows, excluded }));
    const other = { schema: "public", table: "other", rows: 1, excluded: false };

    const result = await bench.dump(source.name);
    expect(sorted(result.tables)).toMatchObject(sorted([...all(3, false), other]));
    const whole = await bench.restore(result, `${source.name}_copy`);
    expect(whole).toMatchObject({ loaded: { errors: [] }, digests: sorted(result.tables) });
    const chosen = await bench.restore(result, `${source.name}_chosen`, { tables: refs });
    expect(chosen.loaded.errors).toEqual([]);
    expect(chosen.digests).toEqual(sorted(result.tables.filter((table) => table.table !== "other")));

    const without = await bench.dump(source.name, { excludedTables: refs });
    expect(sorted(without.tables)).toMatchObject(sorted([...all(0, true), other]));
    const withoutSchemas = await bench.dump(source.name, { excludedSchemas: names });
    expect(withoutSchemas.tables).toMatchObject([other]);
  });

  it("records what a dump of the database does not carry, and gives it back", async () => {
    const shop = bench.track(await createShopDatabase(server));
    const admin = server.admin();
    const role = `r "${shop.name}`;
    await admin`create role ${admin(role)}`;
    try {
      await admin.unsafe(`alter database "${shop.name}" set work_mem to '5MB'`);
      await admin.unsafe(`alter database "${shop.name}" set search_path to "$user", public, "odd ""name"`);
      await admin.unsafe(`comment on database "${shop.name}" is 'it''s the shop'`);
      await admin.unsafe(`grant connect, create on database "${shop.name}" to "${role.replaceAll('"', '""')}"`);
      await shop.sql`create table alembic_version (version_num varchar(32) primary key)`;
      await shop.sql`insert into alembic_version values ('ae1027a6acf')`;
      const result = await bench.dump(shop.name);
      const { properties, migrationHead, roles, sequences, globalsSql } = result.manifest;
      expect(properties).toMatchObject({ encoding: "UTF8", comment: "it's the shop", connectionLimit: -1 });
      expect(migrationHead).toEqual({ tool: "alembic", head: "ae1027a6acf" });
      expect(roles).toEqual(expect.arrayContaining([role, server.superuser]));
      expect(sequences.length).toBeGreaterThan(0);
      expect(globalsSql).toContain("CREATE ROLE");
      expect(globalsSql).not.toMatch(/SCRAM-SHA-256|PASSWORD '/);
      const { loaded } = await bench.restore(result, `${shop.name}_copy`);
      expect(loaded.errors).toEqual([]);
      const again = await bench.dump(`${shop.name}_copy`);
      const ordered = (value: typeof properties) => ({ ...value, acl: value!.acl.toSorted() });
      expect(ordered(again.manifest.properties)).toEqual(ordered(properties));
      expect(again.manifest.sequences).toEqual(sequences);
    } finally {
      await bench.drop(`${shop.name}_copy`);
      await shop.drop();
      await admin`drop role ${admin(role)}`;
    }
  });
}

describeOn(15, suite);
describeOn(17, suite);
