import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  createCatalogue,
  createEmptyDatabase,
  createShopDatabase,
  describeOn,
  type TestCatalogue,
  type TestDatabase,
  testServer,
} from "#lib/testing/postgres";
import { removeFolder } from "#lib/testing/temporary-folder";
import { runCli, startCli } from "../cli-fixture.ts";

// FAULTS.md lines 22, 23, 27: targets that are refused, and what a kill and a secret leave behind.
const server = testServer(15);
const urlOf = (database: string) => server.url(database).replace(/:[^:@]+@/, "@");
let folder: string;
let shop: TestDatabase;
let catalogue: TestCatalogue;
const env = () => ({ PGPASSWORD: server.password, LIFEBOAT_CALLER_DIR: folder });
const restore = async (database: string, more: readonly string[] = [], change: Readonly<Record<string, string>> = {}) =>
  await runCli("restore", ["--file", "shop.dump", "--url", urlOf(database), ...more], { ...env(), ...change });
const isThere = async (name: string) => (await server.admin()`select 1 from pg_database where datname = ${name}`).length === 1;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "lifeboat-refusals-"));
  shop = await createShopDatabase(server);
  catalogue = await createCatalogue();
  const { code, err } = await runCli("backup", ["--url", urlOf(shop.name), "--out", "shop.dump"], env());
  if (code !== 0) throw new Error(err);
});
afterAll(async () => {
  await shop.drop();
  await catalogue.drop();
  await removeFolder(folder);
});

describe("db:restore refuses", () => {
  it("Lifeboat's catalogue, by its marker and by DATABASE_URL under another name of its host, whatever is confirmed", async () => {
    const name = decodeURIComponent(new URL(catalogue.url).pathname.slice(1));
    const confirmed = ["--clean", "--yes-replace", name];
    expect(await restore(name, confirmed)).toMatchObject({ code: 5, err: expect.stringMatching(/catalogue/i) as unknown });
    const empty = await createEmptyDatabase(server);
    const byName = await restore(empty.name, ["--yes-replace", empty.name], { DATABASE_URL: empty.url.replace("127.0.0.1", "localhost") });
    expect(byName).toMatchObject({ code: 5, err: expect.stringContaining("DATABASE_URL") as unknown });
    await empty.drop();
  });

  it("DATABASE_URL in the place of --url", async () => {
    const ended = await runCli("restore", ["--file", "shop.dump"], { ...env(), DATABASE_URL: shop.url });
    expect(ended).toMatchObject({ code: 2, err: expect.stringContaining("--url") as unknown });
    expect((await runCli("backup", ["--out", "x.dump"], { ...env(), DATABASE_URL: shop.url })).code).toBe(2);
  });

  it("production without its name, known by a list, a comment or its name; and a name that is not the target's", async () => {
    const listed = await createEmptyDatabase(server);
    const marked = await createEmptyDatabase(server);
    await marked.sql.unsafe(`comment on database "${marked.name}" is 'the shop (lifeboat:production)'`);
    expect(await restore(listed.name, [], { LIFEBOAT_PRODUCTION_DATABASES: `127.0.0.1/${listed.name}` })).toMatchObject({
      code: 5,
      err: expect.stringContaining(`--yes-replace ${listed.name}`) as unknown,
    });
    expect(await restore(marked.name)).toMatchObject({ code: 5, err: expect.stringContaining("lifeboat:production") as unknown });
    expect(await restore(`${shop.name}_prod`)).toMatchObject({ code: 5, err: expect.stringContaining("production") as unknown });
    expect(await isThere(`${shop.name}_prod`)).toBe(false);
    expect((await restore(listed.name, ["--yes-replace", marked.name])).code).toBe(5);
    expect(await listed.sql`select 1 from pg_class where relname = 'orders'`).toEqual([]);
    await listed.drop();
    await marked.drop();
  });

  it("a dump that is not the one of its record, or of the checksum that was typed, before a database is made", async () => {
    const [copy, bytes, record] = [
      `${shop.name}_other`,
      readFileSync(join(folder, "shop.dump")),
      readFileSync(join(folder, "shop.dump.json"), "utf8"),
    ];
    const from = async (file: string, ...more: string[]) => {
      const ended = await runCli("restore", ["--file", file, "--url", urlOf(copy), "--trust-file", "--json", ...more], env());
      expect(await isThere(copy)).toBe(false);
      return (JSON.parse(ended.out) as { error: object }).error;
    };
    // One byte of a table's rows.
    const at = bytes.indexOf("@example.");
    expect(at).toBeGreaterThan(0);
    writeFileSync(join(folder, "flipped.dump"), bytes.fill("#", at, at + 1));
    writeFileSync(join(folder, "flipped.dump.json"), record);
    expect(await from("flipped.dump")).toMatchObject({ code: "stream-mismatch", exit: 5 });
    writeFileSync(join(folder, "flipped.dump.json"), record.slice(0, 200));
    expect(await from("flipped.dump")).toMatchObject({ exit: 5, message: expect.stringContaining("dump.json is damaged") as unknown });
    expect(await from("shop.dump", "--sha256", "ab".repeat(32))).toMatchObject({ code: "stream-mismatch", exit: 5 });
  });

  it("a dump in directory or tar format, and says how it becomes one that it takes", async () => {
    const login = { PGHOST: server.host, PGPORT: String(server.port), PGUSER: server.superuser, PGPASSWORD: server.password };
    const tool = (name: string, ...args: string[]) =>
      execFileSync(join(server.binDir, name), args, { cwd: folder, env: login as unknown as NodeJS.ProcessEnv });
    const target = await createEmptyDatabase(server);
    const from = async (file: string) =>
      await runCli("restore", ["--file", file, "--url", urlOf(target.name), "--trust-file", "--json"], env());
    for (const [format, name] of [
      ["--format=directory", "shop.dir"],
      ["--format=tar", "shop.tar"],
    ] as const) {
      tool("pg_dump", format, "--file", name, shop.name);
      const ended = await from(name);
      expect(ended.code).toBe(2);
      const { error } = JSON.parse(ended.out) as { error: { message: string; hint: string } };
      expect(error.message).toContain(`${name} is a dump in ${format.slice(9)} format`);
      expect(error.hint).toContain(`pg_restore --file ${join(folder, name)}.sql ${join(folder, name)};`);
    }
    // What is said works; and what can never be restored is told before the target, which is not empty then, is asked about.
    tool("pg_restore", "--file", "shop.dir.sql", "shop.dir");
    expect(await from("shop.dir.sql")).toMatchObject({ code: 0 });
    expect((await target.sql`select 1 from orders limit 1`).length).toBe(1);
    expect(await from("shop.dir/toc.dat")).toMatchObject({ code: 2, out: expect.stringContaining("shop.dir.sql") as unknown });
    mkdirSync(join(folder, "photos"));
    expect(await from("photos")).toMatchObject({ code: 2, out: expect.stringContaining("photos is a folder") as unknown });
    await target.drop();
  });

  it("a script that takes its transaction back or runs commands of psql", async () => {
    const target = await createEmptyDatabase(server);
    for (const [text, told] of [
      ["create table a (id int);\nROLLBACK;\n", "line 2"],
      ["create table a (id int);\n\\! touch /tmp/lifeboat-refused\n", "line 2"],
    ] as const) {
      writeFileSync(join(folder, "bad.sql"), text);
      const ended = await runCli("restore", ["--file", "bad.sql", "--url", urlOf(target.name), "--trust-file"], env());
      expect(ended).toMatchObject({ code: 5, err: expect.stringContaining(told) as unknown });
    }
    expect(await target.sql`select to_regclass('public.a') as found`).toEqual([{ found: null }]);
    await target.drop();
  });
});

it("kill -9 in the middle of a script leaves the target as it was", async () => {
  const target = await createEmptyDatabase(server);
  await target.sql`create table before (id int)`;
  writeFileSync(join(folder, "slow.sql"), "create table half (id int);\nselect pg_sleep(3600);\n");
  const args = [
    "--file",
    "slow.sql",
    "--url",
    urlOf(target.name),
    "--trust-file",
    "--clean",
    "--yes-replace",
    target.name,
    "--no-safety-backup",
  ];
  const temporary = join(folder, "temporary");
  const running = startCli("restore", args, { ...env(), LIFEBOAT_TEMP_DIR: temporary });
  const asleep = async () =>
    await server.admin()<
      { pid: number }[]
    >`select pid from pg_stat_activity where datname = ${target.name} and query like 'select pg_sleep%'`;
  await vi.waitFor(async () => expect(await asleep()).toHaveLength(1), { timeout: 60_000, interval: 50 });
  running.kill("SIGKILL");
  await running.ended;
  // What psql still has is the end of its input, and no commit.
  for (const { pid } of await asleep()) await server.admin()`select pg_cancel_backend(${pid})`;
  await vi.waitFor(async () => expect(await asleep()).toHaveLength(0), { timeout: 60_000 });
  const before = async () => (await target.sql`select to_regclass('public.before')::text as found`)[0];
  await expect.poll(before).toEqual({ found: "before" });
  expect(await target.sql`select to_regclass('public.half') as found`).toEqual([{ found: null }]);
  // Its private copy of the script goes with the next call.
  expect(readdirSync(temporary)).toHaveLength(1);
  expect((await restore(target.name, [], { LIFEBOAT_TEMP_DIR: temporary })).code).toBe(5);
  expect(readdirSync(temporary)).toEqual([]);
  await target.drop();
});

describeOn(17, (newer) => {
  it.skipIf(newer.binDir.startsWith("/usr/"))("a server that is newer than every tool is refused first, with the cure", async () => {
    const change = { PGPASSWORD: newer.password, LIFEBOAT_CALLER_DIR: folder, PG_BIN_PATH: "" };
    const url = newer.url("postgres").replace(/:[^:@]+@/, "@");
    const backup = await runCli("backup", ["--url", url, "--out", "newer.dump"], change);
    expect(backup).toMatchObject({ code: 1, err: expect.stringMatching(/pg_dump 1\d\..* 17/s) as unknown });
    expect(existsSync(join(folder, "newer.dump"))).toBe(false);
    const ended = await runCli("restore", ["--file", "shop.dump", "--url", url, "--database", "newer_copy"], change);
    expect(ended).toMatchObject({ code: 1, err: expect.stringMatching(/pg_restore 1\d\..* 17/s) as unknown });
    expect(await newer.admin()`select 1 from pg_database where datname = 'newer_copy'`).toEqual([]);
  });
});

it("a password is in no argument of a program that is started, and in no output", async () => {
  const seen = new Set<string>();
  const look = () => {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        if (/\bbin\/(pg_dump|pg_restore|psql|pg_dumpall) /.test(line)) seen.add(line);
      } catch {
        // Ended meanwhile.
      }
    }
  };
  const timer = setInterval(look, 5);
  writeFileSync(join(folder, "url"), `${shop.url}\n`, { mode: 0o600 });
  const withFile = { LIFEBOAT_CALLER_DIR: folder };
  const dumped = await startCli("backup", ["--url-file", "url", "--out", "secret.dump"], withFile).ended;
  const copy = `${shop.name}_secret`;
  const restored = await startCli("restore", ["--file", "secret.dump", "--url-file", "url", "--database", copy], withFile).ended;
  clearInterval(timer);
  expect([dumped.code, restored.code]).toEqual([0, 0]);
  expect([...seen].some((line) => line.includes("pg_dump"))).toBe(true);
  expect([...seen].some((line) => line.includes("pg_restore"))).toBe(true);
  const record = readFileSync(join(folder, "secret.dump.json"), "utf8") + readFileSync(join(folder, "secret.dump.restores.jsonl"), "utf8");
  for (const text of [...seen, dumped.out, dumped.err, restored.out, restored.err, record]) expect(text).not.toContain(server.password);
  await server.admin().unsafe(`drop database "${copy}" with (force)`);
  // The pass file works as libpq's own does; one that others may read does not.
  const pass = join(folder, "pass");
  writeFileSync(pass, `127.0.0.1:${server.port}:*:${server.superuser}:${server.password.replaceAll(/[\\:]/g, String.raw`\$&`)}\n`, {
    mode: 0o600,
  });
  const out = (name: string) => ["--url", urlOf(shop.name), "--out", name];
  expect((await runCli("backup", out("pass.dump"), { ...withFile, PGPASSFILE: pass })).code).toBe(0);
  execFileSync("chmod", ["644", pass]);
  expect(await runCli("backup", out("open.dump"), { ...withFile, PGPASSFILE: pass })).toMatchObject({
    code: 3,
    err: expect.stringContaining("chmod 600") as unknown,
  });
  expect(readdirSync(folder).filter((name) => name.startsWith("open.dump") || name.includes("partial"))).toEqual([]);
});
