import { createHash } from "node:crypto";
import { copyFile, open, readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CheckDefinition } from "#lib/contracts/drill-checks";
import { proposedChecks } from "#lib/services/drills/checks/proposed";
import { type CheckBench, createCheckBench, keysIn } from "./drill-checks-fixture.ts";

describe("checks of a copy of a database file", () => {
  let bench: CheckBench;
  let original: string;
  let backed: Parameters<CheckBench["check"]>[0]["backed"];
  let copies = 0;

  const copyOf = async (damage: (path: string) => Promise<void> | void = () => undefined) => {
    copies += 1;
    const path = join(bench.folder, `copy-${copies}.db`);
    await copyFile(original, path);
    await damage(path);
    return { type: "file" as const, hostName: hostname(), path };
  };
  const sql = (text: string) => (path: string) => {
    const db = new DatabaseSync(path);
    db.exec(text);
    db.close();
  };

  beforeAll(async () => {
    bench = await createCheckBench([]);
    original = join(bench.folder, "shop.db");
    sql(`create table customers (id integer primary key, name text unique);
      create table orders (id integer primary key, customer_id integer references customers);
      create index orders_customer on orders (customer_id);
      with recursive n (i) as (select 1 union all select i + 1 from n where i < 2000) insert into customers select i, 'customer ' || i from n;
      insert into orders select id, id from customers where id <= 500;`)(original);
    const bytes = await readFile(original);
    const table = (name: string, rows: number) => ({ schema: "main", table: name, rows, bytes: 0, sha256: "", excluded: false });
    const manifest = {
      properties: null,
      extensions: [],
      roles: [],
      tablespaces: [],
      globalsSql: null,
      sequences: [],
      migrationHead: null,
      excludedSchemas: [],
      excludedTables: [],
    };
    backed = {
      tables: [table("customers", 2_000), table("orders", 500)],
      manifest,
      snapshotAt: new Date(),
      path: original,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      bytes: bytes.length,
    };
  });
  afterAll(() => bench.close());

  it("pass on the same bytes", async () => {
    const { rows } = await bench.check({ access: await copyOf(), backed, checks: proposedChecks("sqlite") });
    expect(keysIn(rows, "passed")).toEqual([
      "stream-checksum",
      "sqlite-integrity",
      "sqlite-foreign-keys",
      "tables-present",
      "content",
      "recovery-point",
    ]);
    expect(keysIn(rows, "not-applicable")).toEqual(["size", "recovery-time"]);
    expect(rows.get("content")!.actual).toBe("2 tables, 2500 rows, the file byte for byte");
  });

  it.each<[string, (path: string) => Promise<void> | void, string[], RegExp]>([
    ["a row is missing", sql("delete from orders where id = 3"), ["content"], /orders: 500 rows expected, 499 found/],
    ["a value is changed", sql("update customers set name = 'nobody' where id = 3"), ["content"], /all rows, but SHA-256/],
    [
      "a row refers to nothing",
      sql("pragma foreign_keys = off; delete from customers where id = 7; insert into customers values (9000, 'x')"),
      ["sqlite-foreign-keys", "content"],
      /row 7 of orders refers to a row of customers that is not there/,
    ],
    ["a table is missing", sql("drop table orders"), ["tables-present", "content"], /^orders$/m],
    [
      "pages are damaged",
      async (path) => {
        const file = await open(path, "r+");
        const { size } = await file.stat();
        // The middle of the file, where rows and indexes lie.
        await file.write(Buffer.alloc(4_096, 0xff), 0, 4_096, Math.floor(size / 2 / 4_096) * 4_096);
        await file.close();
      },
      // The rows of a table whose pages cannot be read are nowhere.
      ["sqlite-integrity", "tables-present", "content"],
      /./,
    ],
  ])("find that %s", async (_, damage, expected, evidence) => {
    const { rows } = await bench.check({ access: await copyOf(damage), backed, checks: proposedChecks("sqlite") });
    expect(keysIn(rows, "failed")).toEqual(expected);
    expect(expected.map((key) => rows.get(key)!.evidence).join("\n")).toMatch(evidence);
  });

  it("ask it with SQL, read only, and for its newest row", async () => {
    const check = (key: string, text: string, value: string): CheckDefinition => ({
      key,
      name: key,
      mandatory: true,
      type: "sql",
      sql: text,
      expect: { type: "value", comparison: "=", value },
    });
    const newest = (key: string, column: string): CheckDefinition => ({
      key,
      name: "",
      mandatory: true,
      type: "newest-row",
      schema: "main",
      table: "visits",
      column,
      maxAgeMinutes: 60,
    });
    const checks = [
      newest("text", "at"),
      newest("number", "seconds"),
      newest("old", "old"),
      newest("no-time", "who"),
      check("count", "select count(*) from orders", "500"),
      check("wrong", "select 1", "2"),
      check("write", "delete from orders returning id", "1"),
    ];
    const access = await copyOf(
      sql(
        "create table visits as select datetime('now') as at, unixepoch() as seconds, datetime('now', '-2 hours') as old, 'somebody' as who",
      ),
    );
    const before = await readFile(access.path);
    const { rows } = await bench.check({ access, backed, checks });
    expect(keysIn(rows, "passed")).toEqual(["text", "number", "count"]);
    expect(keysIn(rows, "failed")).toEqual(["old", "no-time", "wrong", "write"]);
    expect((await readFile(access.path)).equals(before)).toBe(true);
  });
});
