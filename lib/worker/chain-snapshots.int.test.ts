import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { backups } from "#lib/db/schema/backups";
import type { BackupKind } from "#lib/domain/backup-state";
import type { WorkerDeps } from "#lib/services/runs/work";
import { type ChainKit, createChainKit } from "#lib/testing/chain-kit";
import { describeOn, type TestServer } from "#lib/testing/postgres";

const run = promisify(execFile);

/** What happens to the database before a member is made, and of which kind it is. */
type Change = { readonly kind: BackupKind; readonly statements: string };

const changes: readonly Change[] = [
  {
    kind: "full",
    statements: `
      create type mood as enum ('calm', 'busy');
      create table people (id int primary key, name text not null, born date, mood mood, note text);
      insert into people select i, md5(i::text), date '1990-01-01' + i, case i % 2 when 0 then 'calm'::mood else 'busy' end, repeat('x', i % 50)
        from generate_series(1, 20000) i;
      create table sales (id bigint, at date not null, amount numeric(12, 2), primary key (id, at)) partition by range (at);
      create table sales_2025 partition of sales for values from ('2025-01-01') to ('2026-01-01');
      insert into sales select i, date '2025-01-01' + i % 365, i * 1.25 from generate_series(1, 10000) i;
      create unlogged table scratch as select i as id, md5(i::text) as text from generate_series(1, 2000) i;
      create table growing as select i as id, md5(i::text) as text from generate_series(1, 5000) i;
      create table emptied as select i as id, md5(i::text) as text from generate_series(1, 5000) i;
      create table huge (id int primary key, body text not null);
      insert into huge select i, string_agg(md5((i * 1000000 + j)::text), '') from generate_series(1, 2) i, generate_series(1, 327680) j group by i;
      select lo_from_bytea(0, decode(md5('lo'), 'hex'));`,
  },
  {
    kind: "incremental",
    statements: `
      alter table people add column email text default 'none@example.org';
      update people set email = name || '@example.org' where id between 5000 and 5200;
      create table added (id serial primary key, at timestamptz default '2026-01-01 00:00+00');
      insert into added default values;
      alter type mood add value 'storm';`,
  },
  {
    kind: "incremental",
    statements: `
      alter table people drop column note;
      alter table people rename column born to birthday;
      alter table growing rename to grown;
      insert into grown select i, md5(i::text) from generate_series(5001, 10000) i;
      truncate emptied;
      update people set mood = 'storm' where id < 100;`,
  },
  {
    kind: "differential",
    statements: `
      create table sales_2026 partition of sales for values from ('2026-01-01') to ('2027-01-01');
      insert into sales select i, date '2026-01-01' + i % 365, i from generate_series(20000, 22000) i;
      alter table people add column initial text generated always as (left(name, 1)) stored;
      select lo_from_bytea(0, decode(repeat(md5('more'), 5000), 'hex'));`,
  },
  {
    kind: "incremental",
    statements: `
      drop table added;
      alter table sales detach partition sales_2025;
      delete from people where id % 7 = 0;
      update huge set body = body || 'the end' where id = 2;`,
  },
  {
    kind: "incremental",
    statements: `insert into emptied select i, 'again' from generate_series(1, 10) i; delete from scratch where id > 1000;`,
  },
  { kind: "incremental", statements: `select lo_unlink(oid) from pg_largeobject_metadata; drop table huge; vacuum full people;` },
];

/** Comments tell of times and versions; the key of \\restrict is random. */
function withoutComments(dump: string): string[] {
  return dump.split("\n").filter((line) => !line.startsWith("--") && !/^\\(un)?restrict /.test(line) && line !== "");
}

function chain(server: TestServer): void {
  let kit: ChainKit;
  /** What `pg_dump` says in the very snapshot of a member, taken while the member's own dump waits; by the order of making. */
  const snapshots: string[][] = [];
  const env = { ...process.env, PGHOST: server.host, PGPORT: String(server.port), PGUSER: server.superuser, PGPASSWORD: server.password };
  const plainDump = async (database: string, more: readonly string[] = []) => {
    const options = { env: { ...env, PGDATABASE: database, PGTZ: "UTC" }, maxBuffer: 256 * 1024 * 1024 };
    const { stdout } = await run(join(server.binDir, "pg_dump"), [...more], options);
    return withoutComments(stdout);
  };
  /** The exported snapshot of a database: a file in the server's `pg_snapshots`, whose name is the snapshot's. Those of other tests come and go. */
  const exportedSnapshot = async (database: string): Promise<string> => {
    const [found] = await server.admin()<{ name: string }[]>`
      select f.name from pg_ls_dir('pg_snapshots') as f(name), pg_database d
      where d.datname = ${database} and pg_read_file('pg_snapshots/' || f.name, 0, 10000, true) like '%dbid:' || d.oid || E'\n%'`;
    if (found === undefined) throw new Error(`no exported snapshot of ${database}`);
    return found.name;
  };
  const watchSnapshots = (deps: WorkerDeps): WorkerDeps => ({
    ...deps,
    engine: {
      ...deps.engine,
      snapshot: async (request, context) => {
        const opened = await deps.engine.snapshot(request, context);
        snapshots.push(await plainDump(request.database, [`--snapshot=${await exportedSnapshot(request.database)}`]));
        return opened;
      },
    },
  });

  beforeAll(async () => {
    kit = await createChainKit(server, watchSnapshots);
  });
  afterAll(() => kit.close());

  it("gives back every member of a chain exactly as it was in its snapshot, through changes of the schema and under pgbench", async () => {
    const pgbench = join(server.binDir, "pgbench");
    const bench = { ...env, PGDATABASE: kit.database.name };
    await run(pgbench, ["-i", "-q", "-s", "1"], { env: bench });
    const writing = spawn(pgbench, ["-n", "-c", "2", "-R", "100", "-T", "3600", "-b", "simple-update"], { env: bench, stdio: "ignore" });
    const ended = once(writing, "exit");
    const made: string[] = [];
    try {
      for (const { kind, statements } of changes) {
        for (const statement of statements.split(";").filter((text) => text.trim() !== "")) await kit.database.sql.unsafe(statement);
        made.push(await kit.backUp(kind));
      }
      expect(writing.exitCode).toBeNull();
    } finally {
      writing.kill();
      await ended;
    }
    const rows = await kit.test.catalogue.db.select().from(backups).where(eq(backups.sourceId, kit.sourceId)).orderBy(backups.snapshotAt);
    expect(rows.map((row) => [row.id, row.kind])).toEqual(made.map((id, at) => [id, changes[at]!.kind]));
    expect(new Set(rows.map((row) => row.chainId)).size).toBe(1);
    // Members store what is new, and no more than that.
    const [full, ...members] = rows.map((row) => row.storedBytes);
    expect(Math.max(...members)).toBeLessThan(full!);
    for (const [at, id] of made.entries()) {
      const copy = await plainDump(await kit.restore(id));
      // Not compared whole: where they differ, the first line says it.
      const differs = copy.findIndex((line, number) => line !== snapshots[at]![number]);
      expect({ at, copy: copy[differs]?.slice(0, 200), snapshot: snapshots[at]![differs]?.slice(0, 200) }).toEqual({ at });
      expect(copy.length).toBe(snapshots[at]!.length);
    }
  });
}

describeOn(15, chain);
describeOn(17, chain);
