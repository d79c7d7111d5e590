import { createHash } from "node:crypto";
import { appendFile, copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CheckDefinition } from "#lib/contracts/drill-checks";
import { addressOf } from "#lib/engines/postgres/engine-fixture";
import type { LoadResult } from "#lib/engines/port";
import { proposedChecks } from "#lib/services/drills/checks/proposed";
import type { SandboxAccess } from "#lib/services/drills/ports";
import { createEmptyDatabase, testServer, type TestDatabase, type TestServer } from "#lib/testing/postgres";
import { temporaryFolder } from "#lib/testing/temporary-folder";
import { type Backed, type CheckBench, createCheckBench, keysIn } from "./drill-checks-fixture.ts";
import { clerk, makeRoles, mark, owner, properties, reader, readerPassword, schema } from "./drill-shop-fixture.ts";

const size: CheckDefinition = { key: "size", name: "", mandatory: false, type: "size", shrinkPercent: 50, growPercent: 100 };
const newest = (maxAgeMinutes: number): CheckDefinition => ({
  key: "newest",
  name: "",
  mandatory: true,
  type: "newest-row",
  schema: "public",
  table: "customers",
  column: "seen_at",
  maxAgeMinutes,
});
const head = (application: string | null): CheckDefinition => ({
  key: "head",
  name: "",
  mandatory: true,
  type: "migration-head",
  application,
});
const sql = (key: string, text: string, expect_: Extract<CheckDefinition, { type: "sql" }>["expect"]): CheckDefinition => ({
  key,
  name: key,
  mandatory: true,
  type: "sql",
  sql: text,
  expect: expect_,
});

describe("checks of a restored copy", () => {
  const server = testServer(15);
  let bench: CheckBench;
  let source: TestDatabase;
  let backed: Backed;
  let loaded: LoadResult;
  const template = `checked_${mark}`;
  const copies: TestDatabase[] = [];

  const accessTo = (database: string, at: TestServer = server): SandboxAccess => {
    const address = addressOf(at, { tlsMode: "disable" });
    const asReader = { ...address, username: reader, password: readerPassword };
    return {
      type: "sandbox",
      drillId: "drl_test",
      hostName: hostname(),
      binDir: at.binDir,
      serverVersion: String(at.major),
      confined: true,
      owner: { address, database },
      reader: { address: asReader, database },
    };
  };
  const clone = async (damage = ""): Promise<string> => {
    const copy = await createEmptyDatabase(server, { template });
    copies.push(copy);
    for (const statement of properties(copy.name)) await copy.sql.unsafe(statement);
    if (damage !== "") await copy.sql.unsafe(damage.replaceAll("THIS", `"${copy.name}"`)).simple();
    return copy.name;
  };

  beforeAll(async () => {
    bench = await createCheckBench([server.binDir]);
    await makeRoles(server);
    await server.admin().unsafe(`create role ${reader} login password '${readerPassword}' in role pg_read_all_data`);
    source = await createEmptyDatabase(server);
    await source.sql.unsafe(schema).simple();
    for (const statement of properties(source.name)) await source.sql.unsafe(statement);
    backed = await bench.backUp(server, source.name);
    loaded = await bench.restore(server, backed, template);
  });

  afterAll(async () => {
    for (const copy of copies) await copy.drop();
    await source.drop();
    await server.admin().unsafe(`drop database if exists "${template}"`);
    await server.admin().unsafe(`drop role if exists ${owner}, ${clerk}, ${reader}`);
    await bench.close();
  });

  it("pass on a copy of the whole backup, each with what it expected and found", async () => {
    const own: CheckDefinition[] = [
      newest(180),
      sql("orders", "select count(*) from orders", { type: "value", comparison: ">=", value: "200" }),
      sql("names", "select id, nullif(name, 'customer 2') from customers order by id limit 2", {
        type: "rows",
        rows: [
          ["1", "customer 1"],
          ["2", null],
        ],
      }),
      { key: "look", name: "Look", mandatory: true, type: "manual", question: "Is it well?", hint: "" },
    ];
    const { rows } = await bench.check({
      access: accessTo(await clone()),
      backed,
      checks: [...proposedChecks("postgres"), ...own],
      load: loaded,
    });
    expect(keysIn(rows, "failed").map((key) => rows.get(key))).toEqual([]);
    expect(keysIn(rows, "not-applicable")).toEqual(["size", "recovery-time"]);
    expect(keysIn(rows, "pending")).toEqual(["look"]);
    expect(rows.get("content")).toMatchObject({
      expected: "5 tables, 303 rows",
      actual: "5 tables, 303 rows, every digest equal",
      reason: null,
    });
    expect(rows.get("migration-head")).toMatchObject({ expected: "alembic abc123", actual: "alembic abc123" });
    // What was not validated in the source is told, and no failure.
    expect(rows.get("constraints")?.evidence).toContain("notes_customer_fkey on public.notes was not validated when it was backed up");
    expect(rows.get("foreign-keys")?.evidence).toContain("1 rows refer to nothing");
    const untimed = [...rows.values()].filter(
      ({ state, durationMs, finishedAt }) => state === "passed" && (durationMs === null || finishedAt === null),
    );
    expect(untimed).toEqual([]);
  });

  it.each<[string, string, string[], RegExp]>([
    ["a row is missing", "delete from customers where id = 99", ["content"], /customers: 100 rows expected, 99 found/],
    ["a value is changed", "update customers set name = 'nobody' where id = 1", ["content"], /customers: 100 rows, but another content/],
    ["a sequence is behind", "select setval('orders_id_seq', 7)", ["sequences"], /orders_id_seq is at 7, public.orders.id has 200/],
    [
      "a sequence has not its value",
      "delete from orders; select setval('orders_id_seq', 7)",
      ["content", "sequences"],
      /200 was recorded, the copy is at 7/,
    ],
    [
      "a row refers to nothing",
      "set session_replication_role = replica; delete from customers where id = 1; set session_replication_role = origin",
      ["content", "foreign-keys"],
      /orders_customer_fkey of public.orders: 4 rows refer to nothing, for example 1/,
    ],
    [
      "a foreign key is gone",
      "alter table orders drop constraint orders_customer_fkey",
      ["constraints"],
      /orders_customer_fkey is missing/,
    ],
    [
      "a constraint is not validated",
      "alter table orders drop constraint orders_total_check; alter table orders add constraint orders_total_check check (total >= 0) not valid",
      ["constraints"],
      /orders_total_check on public.orders is not validated/,
    ],
    [
      "an index is not valid",
      "update pg_index set indisvalid = false where indexrelid = 'orders_customer_idx'::regclass",
      ["constraints"],
      /^index orders_customer_idx on public.orders is not valid$/,
    ],
    [
      "an index is out of order",
      `create function other(int, int) returns int language sql immutable as 'select case when $1 < $2 then -1 when $1 > $2 then 1 else 0 end';
       create operator class odd for type int using btree as operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 other(int, int);
       create index odd_idx on orders (id odd);
       create or replace function other(int, int) returns int language sql immutable as 'select case when $1 < $2 then 1 when $1 > $2 then -1 else 0 end'`,
      ["index-structure"],
      /public.odd_idx: .*order/,
    ],
    ["an owner is another one", "alter table orders owner to current_user", ["roles"], /owner of table public.orders: owner_/],
    [
      "a grant is gone",
      `revoke insert (customer_id) on orders from ${clerk}`,
      ["roles"],
      /column orders.customer_id: missing: GRANT INSERT/i,
    ],
    [
      "a default grant is gone",
      `alter default privileges for role ${owner} in schema public revoke select on tables from ${clerk}`,
      ["roles"],
      /default acl/,
    ],
    ["a view is missing", "drop view busy", ["tables-present"], /^view public.busy$/],
    ["a function is missing", "drop function shout", ["tables-present"], /^function public.shout\(t? ?text\)$/],
    ["an extension is missing", "drop extension citext", ["extensions"], /^citext$/],
    [
      "a setting is another one",
      "alter database THIS set work_mem to '1MB'",
      ["database-properties"],
      /settings: work_mem=9MB expected, work_mem=1MB found/,
    ],
    ["a right on the database is gone", `revoke connect on database THIS from ${clerk}`, ["database-properties"], /grants: .*expected/],
    [
      "another migration was applied",
      "update alembic_version set version_num = 'zzz999'",
      ["content", "migration-head"],
      /alembic_version/,
    ],
  ])("find that %s, and nothing else", async (_, damage, expected, evidence) => {
    const { rows } = await bench.check({ access: accessTo(await clone(damage)), backed, checks: proposedChecks("postgres") });
    expect(keysIn(rows, "failed")).toEqual(expected);
    const texts = expected.map((key) => rows.get(key)!.evidence).join("\n");
    expect(texts).toMatch(new RegExp(evidence.source, `${evidence.flags}m`));
    for (const key of expected) expect(rows.get(key)!.reason).not.toBe(null);
  });

  it("compare the size with the drill before, the newest row with the backup, the head with what an application declares", async () => {
    const access = accessTo(await clone());
    const declared = (found: string | null) => ({
      hooks: { declaredHead: () => Promise.resolve(found === null ? null : { tool: "alembic", head: found }) },
    });
    const bad = await bench.check({
      access,
      backed,
      checks: [size, newest(60), head("shop")],
      previousBytes: 1_000,
      ...declared("def456"),
    });
    expect(keysIn(bad.rows, "failed")).toEqual(["size", "newest", "head"]);
    expect(bad.rows.get("head")).toMatchObject({ expected: "alembic def456, as shop declares", actual: "alembic abc123" });
    const bytes = Number(/(\d+) bytes/.exec(bad.rows.get("size")!.actual)![1]);
    const good = await bench.check({ access, backed, checks: [size, head("shop")], previousBytes: bytes, ...declared("abc123") });
    expect(keysIn(good.rows, "passed")).toEqual(["size", "head"]);
  });

  it("count what they cannot do as failed, with the reason", async () => {
    const checks: CheckDefinition[] = [
      sql("wrong", "select count(*) from orders", { type: "value", comparison: "=", value: "201" }),
      sql("error", "select * from nowhere", { type: "value", comparison: "=", value: "1" }),
      sql("write", "delete from orders returning id", { type: "value", comparison: "=", value: "1" }),
      sql("file", "select pg_read_file('/etc/passwd')", { type: "value", comparison: "!=", value: "" }),
      { key: "unknown", name: "", mandatory: true, type: "command", command: "nothing-declared" },
      {
        key: "application",
        name: "",
        mandatory: true,
        type: "http",
        application: "none",
        path: "/",
        method: "GET",
        body: "",
        status: 200,
        bodyPattern: "",
      },
      { ...newest(60), key: "no-column", column: "nowhere" } as CheckDefinition,
      { ...newest(60), key: "no-time", column: "name" } as CheckDefinition,
    ];
    const { rows } = await bench.check({ access: accessTo(await clone()), backed, checks });
    const reasons = Object.fromEntries([...rows].map(([key, { state, reason }]) => [key, `${state} ${reason?.code}`]));
    expect(reasons).toEqual({
      wrong: "failed check-differs",
      error: "failed query-failed",
      write: expect.stringMatching(/^failed query-(failed|refused)$/),
      file: "failed query-failed",
      unknown: "failed hook-unknown",
      application: "failed hook-unknown",
      "no-column": "failed check-not-possible",
      "no-time": "failed check-not-possible",
    });
    expect(rows.get("wrong")).toMatchObject({ expected: "= 201", actual: "200" });
  });

  it("give commands and applications the copy, and keep what they said without its password", async () => {
    const script = `require("http").createServer((q, r) => r.end("orders at " + process.env.DATABASE_URL)).listen(Number(process.env.PORT), "127.0.0.1")`;
    const hooksFile = join(bench.folder, "hooks.json");
    const psql = join(server.binDir, "psql");
    await writeFile(
      hooksFile,
      JSON.stringify({
        commands: {
          smoke: {
            command: ["sh", "-c", `${psql} -X -A -t -c 'select count(*) from orders' "$DATABASE_URL"; echo "$DATABASE_URL"`],
            directory: "/",
          },
          broken: { command: ["sh", "-c", "echo it hurts >&2; exit 9"], directory: "/" },
          slow: { command: ["sleep", "100"], directory: "/", timeoutSeconds: 1 },
        },
        applications: { shop: { command: [process.execPath, "-e", script], directory: "/", readySeconds: 30 } },
      }),
      { mode: 0o600 },
    );
    const get = { name: "", mandatory: true, type: "http" as const, application: "shop", path: "/", method: "GET" as const, body: "" };
    const checks: CheckDefinition[] = [
      ...["smoke", "broken", "slow"].map((command) => ({ key: command, name: "", mandatory: true, type: "command" as const, command })),
      { ...get, key: "page", status: 200, bodyPattern: "^orders at .*sslmode" },
      { ...get, key: "other-body", status: 200, bodyPattern: "welcome" },
      { ...get, key: "other-status", status: 404, bodyPattern: "" },
      { ...get, key: "endless", status: 200, bodyPattern: "^(([a-z ]|.)+)+§$" },
    ];
    const { rows } = await bench.check({ access: accessTo(await clone()), backed, checks, hooksFile });
    const found = Object.fromEntries([...rows].map(([key, { state, actual }]) => [key, `${state}: ${actual}`]));
    expect(found).toMatchObject({
      smoke: "passed: exit code 0",
      broken: "failed: exit code 9",
      slow: expect.stringMatching(/^failed: ended after \d s$/),
      page: "passed: status 200",
      "other-body": "failed: status 200, another body",
      "other-status": "failed: status 200",
      endless: "failed: the pattern takes too long",
    });
    expect(rows.get("smoke")!.evidence).toMatch(/^200\npostgresql:\/\/[^:]+:•••@/);
    expect(rows.get("broken")!.evidence).toBe("it hurts\n");
    expect(JSON.stringify([...rows])).not.toContain(server.password);
  });

  it("keep earlier verdicts when they run again", async () => {
    const name = await clone("drop extension citext");
    const checks = proposedChecks("postgres");
    const { rows, again } = await bench.check({ access: accessTo(name), backed, checks });
    expect(keysIn(rows, "failed")).toEqual(["extensions"]);
    await copies.find((copy) => copy.name === name)!.sql`create extension citext`;
    const after = await again(["extensions"]);
    expect(after.get("extensions")).toMatchObject({
      state: "passed",
      attempts: [{ state: "failed", by: "Lifeboat", actual: rows.get("extensions")!.actual }],
    });
    expect(after.get("content")).toMatchObject({ state: "passed", attempts: [] });
  });

  it("read the restored stream again when its checksum is asked for again", async () => {
    const path = join(await temporaryFolder(), "archive.dump");
    await copyFile(backed.path, path);
    const sha256 = createHash("sha256")
      .update(await readFile(path))
      .digest("hex");
    const checks = proposedChecks("postgres").filter(({ type }) => type === "stream-checksum");
    const { rows, again } = await bench.check({ access: accessTo("no_such_copy"), backed: { ...backed, path, sha256 }, checks });
    expect(rows.get("stream-checksum")).toMatchObject({ state: "passed", actual: `SHA-256 ${sha256}` });
    expect((await again()).get("stream-checksum")).toMatchObject({
      state: "passed",
      evidence: expect.stringContaining("read again") as string,
    });
    await appendFile(path, "!");
    expect((await again()).get("stream-checksum")).toMatchObject({ state: "failed", reason: { code: "check-differs" } });
    await rm(path);
    expect((await again()).get("stream-checksum")).toMatchObject({ state: "failed", reason: { code: "check-not-possible" } });
  });

  it("all fail when the copy is gone", async () => {
    const { rows } = await bench.check({ access: accessTo("no_such_copy"), backed, checks: proposedChecks("postgres"), isAlive: false });
    expect(rows.get("content")).toMatchObject({ state: "failed", reason: { code: "copy-gone" } });
    expect(keysIn(rows, "passed")).toEqual(["stream-checksum", "restore-errors", "recovery-point"]);
  });
});

describe("checks of a copy on a newer server", () => {
  const [older, newer] = [testServer(15), testServer(17)];
  let bench: CheckBench;

  beforeAll(async () => {
    bench = await createCheckBench([older.binDir, newer.binDir]);
  });
  afterAll(async () => {
    await older.admin().unsafe(`drop role if exists ${owner}, ${clerk}`);
    await newer.admin().unsafe(`drop role if exists ${owner}, ${clerk}`);
    await bench.close();
  });

  it("raise no false alarm, and find that roles are missing", async () => {
    await makeRoles(older);
    const source = await createEmptyDatabase(older);
    const copy = { withRoles: `with_${mark}`, without: `without_${mark}` };
    try {
      await source.sql.unsafe(schema).simple();
      for (const statement of properties(source.name)) await source.sql.unsafe(statement);
      const backed = await bench.backUp(older, source.name);
      const address = addressOf(newer, { tlsMode: "disable" });
      const access = (database: string): SandboxAccess => ({
        type: "sandbox",
        drillId: "drl_test",
        hostName: hostname(),
        binDir: newer.binDir,
        serverVersion: "17",
        confined: true,
        owner: { address, database },
        reader: { address, database },
      });
      const without = await bench.restore(newer, backed, copy.without);
      const bad = await bench.check({ access: access(copy.without), backed, checks: proposedChecks("postgres"), load: without });
      // Its owner is one of the roles: that is a property of the database, too.
      expect(keysIn(bad.rows, "failed")).toEqual(["database-properties", "roles"]);
      expect(bad.rows.get("roles")).toMatchObject({ reason: { code: "check-missing", params: { what: "roles", count: 2 } } });
      await makeRoles(newer);
      const load = await bench.restore(newer, backed, copy.withRoles);
      expect(load.errors).toEqual([]);
      const good = await bench.check({ access: access(copy.withRoles), backed, checks: proposedChecks("postgres"), load });
      expect(keysIn(good.rows, "failed").map((key) => good.rows.get(key))).toEqual([]);
    } finally {
      await source.drop();
      for (const name of Object.values(copy)) await newer.admin().unsafe(`drop database if exists "${name}"`);
    }
  });
});
