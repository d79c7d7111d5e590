import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it, onTestFinished, vi } from "vitest";
import { temporaryFolder } from "#lib/testing/temporary-folder";
import { queryDatabase } from "./child-query.ts";
import { queryFile } from "./query-file.ts";

vi.mock(import("./child-line.ts"), async (original) => ({ ...(await original()), say: () => undefined }));

const limits = { maxRows: 3, timeoutMs: 20_000 };

async function makeFile() {
  const folder = await temporaryFolder();
  const path = join(folder, "shop.db");
  const db = new DatabaseSync(path);
  db.exec(`create table item (id integer primary key, name text, photo blob);
    insert into item values (1, 'one', x'00ff'), (2, null, null), (9007199254740993, 'big', null), (4, 'four', null);
    create virtual table note using fts5(body);
    insert into note values ('find me');`);
  db.close();
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  return { folder, path, ask: (sql: string, change = limits) => queryFile(path, sql, change, { signal: stop.signal }) };
}

it("answers a statement with its rows as text, and says when there are more", async () => {
  const { ask } = await makeFile();
  const answer = await ask("select name, id, photo, id as id from item order by id; ");
  expect(answer).toMatchObject({ columns: ["name", "id", "photo", "id"], truncated: true });
  expect(answer.rows).toEqual([
    ["one", "1", "x'00ff'", "1"],
    [null, "2", null, "2"],
    ["four", "4", null, "4"],
  ]);
  expect((await ask("select id from item where name = 'big' -- the end")).rows).toEqual([["9007199254740993"]]);
  expect((await ask("select body from note where note match 'find'")).rows).toEqual([["find me"]]);
  expect((await ask("select name from pragma_table_info('item')")).rows).toEqual([["id"], ["name"], ["photo"]]);
  expect((await ask("select value from json_each('[1]')")).rows).toEqual([["1"]]);
  await expect(ask("select missing from item")).rejects.toMatchObject({
    code: "query-failed",
    params: { detail: "no such column: missing" },
  });
});

// The child's own code in this process.
it("neither writes nor reaches another file, whatever the statement is", async () => {
  const { folder, path } = await makeFile();
  const other = join(folder, "other.db");
  new DatabaseSync(other).exec("create table secret (a); insert into secret values (1)");
  const before = readdirSync(folder).sort();
  const statements = [
    "delete from item",
    "delete from item returning id",
    "with gone as (select 1) insert into item (name) select 'x' from gone",
    "select 1; delete from item",
    "select 1) ; delete from item; --",
    `vacuum into '${join(folder, "out.db")}'`,
    `attach database '${other}' as other`,
    "select * from other.secret",
    "pragma writable_schema = on",
    "select load_extension('/tmp/x.so')",
    `select writefile('${join(folder, "out.txt")}', 'x')`,
    "select readfile('/etc/passwd')",
    "create temp table t as select 1",
  ];
  for (const statement of statements) {
    const refusal = () => queryDatabase({ command: "query", path, sql: statement, maxRows: 1 });
    expect(refusal).toThrow(/^query-(failed|refused)/);
  }
  expect(readdirSync(folder).sort()).toEqual(before);
  expect(existsSync(join(folder, "out.db"))).toBe(false);
  const db = new DatabaseSync(path, { readOnly: true });
  expect(db.prepare("select count(*) as n from item").get()).toEqual({ n: 4 });
  db.close();
});

it("ends a statement that has no end", async () => {
  const { ask } = await makeFile();
  const endless = "with recursive n (i) as (select 1 union all select i + 1 from n) select count(*) from n";
  await expect(ask(endless, { maxRows: 1, timeoutMs: 1_500 })).rejects.toMatchObject({ code: "query-failed" });
});
