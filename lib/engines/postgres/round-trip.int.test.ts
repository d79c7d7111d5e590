import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createEmptyDatabase, createShopDatabase, describeOn, type TestDatabase, type TestServer } from "#lib/testing/postgres";
import type { SnapshotResult } from "../port.ts";
import { addressOf, engineFixture, restoreRequest, snapshotRequest, writeSnapshot, type EngineFixture } from "./engine-fixture.ts";

const bySchemaAndTable = (a: { schema: string; table: string }, b: { schema: string; table: string }) =>
  a.schema.localeCompare(b.schema) || a.table.localeCompare(b.table);

function suite(server: TestServer) {
  let fixture: EngineFixture;
  const databases: TestDatabase[] = [];
  const copies: string[] = [];

  beforeEach(async () => {
    fixture = await engineFixture([server.binDir]);
  });
  afterEach(async () => {
    const { engine, context, remove } = fixture;
    for (const name of copies.splice(0)) await engine.dropDatabase(restoreRequest(addressOf(server), name), context);
    for (const database of databases.splice(0)) await database.drop();
    await remove();
  });

  const dump = async (database: string, changes = {}): Promise<SnapshotResult & { path: string }> => {
    const snapshot = await fixture.engine.snapshot(snapshotRequest(addressOf(server), database, changes), fixture.context);
    const path = join(fixture.context.workDir, "stream");
    return { ...(await writeSnapshot(snapshot, path)), path };
  };
  const restore = async (result: SnapshotResult & { path: string }, name: string, changes = {}) => {
    const request = restoreRequest(addressOf(server), name, { properties: result.manifest.properties, ...changes });
    const seen: string[] = [];
    copies.push(name);
    await fixture.engine.createDatabase(request, fixture.context);
    const loaded = await fixture.engine.load(
      result.path,
      request,
      (done, total, entry) => seen.push(`${done}/${total} ${entry}`),
      fixture.context,
    );
    const digests = await fixture.engine.digestCopy(request, fixture.context);
    return { loaded, digests, seen };
  };

  it("brings the shop back with every row: equal counts and digests, table by table", async () => {
    const shop = await createShopDatabase(server);
    databases.push(shop);
    const result = await dump(shop.name);
    expect(result).toMatchObject({ digestsFromStream: true, warnings: [] });
    const { loaded, digests, seen } = await restore(result, `${shop.name}_copy`);
    expect(loaded).toEqual({ errors: [], exitCode: 0 });
    expect(digests.toSorted(bySchemaAndTable)).toEqual(result.tables.toSorted(bySchemaAndTable));
    expect(result.tables.reduce((sum, table) => sum + table.rows, 0)).toBeGreaterThan(1_000);
    expect(seen.length).toBeGreaterThan(10);
    const listing = await fixture.engine.listArchive(result.path, fixture.context);
    expect(listing).toContain("TABLE DATA");
  });

  it("counts and hashes what the server's own COPY prints", async () => {
    const shop = await createShopDatabase(server);
    databases.push(shop);
    const result = await dump(shop.name);
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

  const hostile = [
    "-Fp",
    "--help",
    "dbname=postgres user=postgres",
    "postgresql://evil/x",
    `q'uo"te`,
    "$(id)",
    "new\nline",
    "x".repeat(63),
    "🛟",
    "../x",
    "a=b",
    `x"; drop`,
    "Ñandú 表",
    "a.b",
    "p*?$|(x)+",
    "back\\slash",
  ];
  it.each(hostile)("takes %j as a name of database, schema and table and nothing else", async (name) => {
    const source = await createEmptyDatabase(server, { name });
    databases.push(source);
    const { sql } = source;
    await sql`create schema ${sql(name)}`;
    await sql.unsafe(`create table "${name.replaceAll('"', '""')}"."${name.replaceAll('"', '""')}" (id int primary key, note text)`);
    await sql`insert into ${sql(name)}.${sql(name)} values (1, 'a'), (2, null), (3, ${"tab\there\nand \\ there"})`;
    await sql`create table public.other (id int)`;
    await sql`insert into public.other values (1)`;
    const result = await dump(name);
    expect(result.tables.toSorted(bySchemaAndTable)).toMatchObject(
      [
        { schema: name, table: name, rows: 3 },
        { schema: "public", table: "other", rows: 1 },
      ].toSorted(bySchemaAndTable),
    );
    const copy = `${name.slice(0, 40)} copy`;
    const whole = await restore(result, copy);
    expect(whole.loaded.errors).toEqual([]);
    expect(whole.digests.toSorted(bySchemaAndTable)).toEqual(result.tables.toSorted(bySchemaAndTable));

    const chosen = await restore(result, `${name.slice(0, 40)} one`, { tables: [{ schema: name, table: name }] });
    expect(chosen.loaded.errors).toEqual([]);
    expect(chosen.digests).toMatchObject([{ schema: name, table: name, rows: 3 }]);

    const without = await dump(name, { excludedTables: [{ schema: name, table: name }] });
    expect(without.tables.toSorted(bySchemaAndTable)).toMatchObject(
      [
        { schema: name, table: name, rows: 0, excluded: true },
        { schema: "public", table: "other", rows: 1, excluded: false },
      ].toSorted(bySchemaAndTable),
    );
    const withoutSchema = await dump(name, { excludedSchemas: [name] });
    expect(withoutSchema.tables).toMatchObject([{ schema: "public", table: "other", rows: 1 }]);
  });

  it("records what a dump of the database does not carry, and gives it back", async () => {
    const shop = await createShopDatabase(server);
    databases.push(shop);
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
      const result = await dump(shop.name);
      const { properties, migrationHead, roles, sequences, globalsSql } = result.manifest;
      expect(properties).toMatchObject({ encoding: "UTF8", comment: "it's the shop", connectionLimit: -1 });
      expect(migrationHead).toEqual({ tool: "alembic", head: "ae1027a6acf" });
      expect(roles).toEqual(expect.arrayContaining([role, server.superuser]));
      expect(sequences.length).toBeGreaterThan(0);
      expect(globalsSql).toContain("CREATE ROLE");
      expect(globalsSql).not.toMatch(/SCRAM-SHA-256|PASSWORD '/);
      const { loaded } = await restore(result, `${shop.name}_copy`);
      expect(loaded.errors).toEqual([]);
      const again = await dump(`${shop.name}_copy`);
      const sorted = (value: typeof properties) => ({ ...value, acl: value!.acl.toSorted() });
      expect(sorted(again.manifest.properties)).toEqual(sorted(properties));
      expect(again.manifest.sequences).toEqual(sequences);
    } finally {
      await fixture.engine.dropDatabase(restoreRequest(addressOf(server), `${shop.name}_copy`), fixture.context);
      await shop.drop();
      await admin`drop role ${admin(role)}`;
    }
  });

  it("restores schema only, and data without indexes", async () => {
    const shop = await createShopDatabase(server);
    databases.push(shop);
    const result = await dump(shop.name);
    const schema = await restore(result, `${shop.name}_schema`, { content: "schema" });
    expect(schema.loaded.errors).toEqual([]);
    expect(schema.digests.every((table) => table.rows === 0)).toBe(true);
    const data = await restore(result, `${shop.name}_data`, { content: "data" });
    expect(data.loaded.errors).toEqual([]);
    expect(data.digests.toSorted(bySchemaAndTable)).toEqual(result.tables.toSorted(bySchemaAndTable));
  });

  it("returns every error of a load with its class instead of swallowing it", async () => {
    const source = await createEmptyDatabase(server);
    databases.push(source);
    const admin = server.admin();
    const role = `gone_${source.name}`;
    await admin`create role ${admin(role)}`;
    await source.sql`create table t (id int)`;
    await source.sql`create table u (id int)`;
    await source.sql`alter table t owner to ${source.sql(role)}`;
    await source.sql`grant select on u to ${source.sql(role)}`;
    const result = await dump(source.name);
    await source.sql.unsafe(`drop owned by "${role}"; `);
    await source.sql`drop table if exists t`;
    await admin`drop role ${admin(role)}`;
    const { loaded } = await restore(result, `${source.name}_copy`);
    expect(loaded.exitCode).toBe(1);
    expect(loaded.errors.map((error) => error.class).toSorted()).toEqual(["ownership", "privileges"]);
    expect(loaded.errors[0]!.message).toContain(role);
    const none = await restore(result, `${source.name}_none`, { owners: "none" });
    expect(none.loaded).toEqual({ errors: [], exitCode: 0 });
  });
}

describeOn(15, suite);
describeOn(17, suite);
