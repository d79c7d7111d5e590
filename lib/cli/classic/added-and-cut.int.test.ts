import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { zstdCompressSync } from "node:zlib";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { createEmptyDatabase, describeOn, type TestDatabase, type TestServer } from "#lib/testing/postgres";
import { temporaryFolder } from "#lib/testing/temporary-folder";
import { runCli } from "../cli-fixture.ts";

describeOn(17, (server: TestServer) => {
  let folder: string;
  let target: TestDatabase;
  const urlOf = (database: string) => server.url(database).replace(/:[^:@]+@/, "@");
  const restore = async (file: string, ...more: string[]) =>
    await runCli("restore", ["--file", file, "--url", urlOf(target.name), "--trust-file", ...more], {
      PGPASSWORD: server.password,
      LIFEBOAT_CALLER_DIR: folder,
    });
  const put = (name: string, bytes: string | Uint8Array) => writeFileSync(join(folder, name), bytes);
  const pgDump = (...args: string[]) =>
    execFileSync(join(server.binDir, "pg_dump"), args, {
      env: {
        PGHOST: server.host,
        PGPORT: String(server.port),
        PGUSER: server.superuser,
        PGPASSWORD: server.password,
        PGDATABASE: target.name,
      } as unknown as NodeJS.ProcessEnv,
    });
  const replace = () => ["--clean", "--yes-replace", target.name, "--no-safety-backup"];
  const count = async (table: string) => (await target.sql.unsafe(`select count(*)::int as count from ${table}`))[0]?.["count"] as number;

  beforeEach(async () => {
    folder = await temporaryFolder();
    target = await createEmptyDatabase(server);
    onTestFinished(() => target.drop());
    await target.sql.unsafe("create table logs (text text); insert into logs select 'line ' || i from generate_series(1, 300) i");
  });

  it("an archive of rows alone is not put beside rows that are there, with --clean or without; an empty table takes it", async () => {
    put("rows.dump", pgDump("-Fc", "--data-only"));
    for (const more of [["--yes-replace", target.name], replace()]) {
      const refused = await restore("rows.dump", ...more);
      expect(refused).toMatchObject({
        code: 1,
        err: expect.stringContaining("the archive has rows for public.logs but not the table") as unknown,
      });
      expect(await count("logs")).toBe(300);
    }
    await target.sql`truncate logs`;
    expect((await restore("rows.dump", ...replace())).code).toBe(0);
    expect(await count("logs")).toBe(300);
    await target.sql`truncate logs`;
    expect((await restore("rows.dump", "--yes-replace", target.name)).code).toBe(0);
    expect(await count("logs")).toBe(300);
  });

  it("a script in two frames of zstd is restored with both of them", async () => {
    const frames = [pgDump("--schema-only"), pgDump("--data-only")].map((text) => zstdCompressSync(text));
    put("all.sql.zst", Buffer.concat(frames));
    expect((await restore("all.sql.zst", ...replace())).code).toBe(0);
    expect(await count("logs")).toBe(300);
    put("all.sql.zst", Buffer.concat([...frames, Buffer.from("garbage")]));
    expect(await restore("all.sql.zst", ...replace())).toMatchObject({ code: 1, err: expect.stringContaining("no frame") as unknown });
    expect(await count("logs")).toBe(300);
  });

  it("a script of pg_dump without its last line is cut, and the target is not touched; one of anybody else has none", async () => {
    await target.sql`create table orders (id int primary key)`;
    const text = pgDump().toString();
    expect(text).toContain("\n-- PostgreSQL database dump complete\n");
    const rowsEnd = text.indexOf("\n\\.\n") + 4;
    put("cut.sql", text.slice(0, rowsEnd));
    await target.sql`create table kept (id int)`;
    const refused = await restore("cut.sql", ...replace());
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("PostgreSQL database dump complete") as unknown });
    expect(await count("kept")).toBe(0);
    put("whole.sql", text);
    expect((await restore("whole.sql", ...replace())).code).toBe(0);
    put("other.sql", text.slice(0, rowsEnd).replace("-- PostgreSQL database dump\n", "-- ours\n"));
    expect((await restore("other.sql", ...replace())).code).toBe(0);
  });

  it("a script that removes something has a backup made first, without --clean, too", async () => {
    put("drops.sql", "create table more (id int);\ndrop table logs;\n");
    const ended = await restore("drops.sql", "--yes-replace", target.name);
    expect(ended.code).toBe(0);
    expect(readdirSync(join(folder, "backups")).filter((name) => name.endsWith(".dump.zst"))).toHaveLength(1);
    put("adds.sql", "create table yet_more (id int);\n");
    expect((await restore("adds.sql", "--yes-replace", target.name)).code).toBe(0);
    expect(readdirSync(join(folder, "backups")).filter((name) => name.endsWith(".dump.zst"))).toHaveLength(1);
  });

  it("a schema whose name has a line end is emptied as any other, and errors still name the script's lines", async () => {
    await target.sql.unsafe(`create schema "a\nb"; create table "a\nb".t (id int); comment on schema public is 'one\ntwo'`);
    put("new.sql", "create table made (id int);\n");
    put("wrong.sql", "create table made (id int);\n\nselect 1/0;\n");
    expect(await restore("wrong.sql", ...replace())).toMatchObject({ code: 1, err: expect.stringContaining("line 3") as unknown });
    expect((await restore("new.sql", ...replace())).code).toBe(0);
    expect(await target.sql`select nspname as name from pg_namespace where nspname like 'a%'`).toEqual([]);
    expect(await target.sql`select obj_description('public'::regnamespace) as comment`).toEqual([{ comment: "one\ntwo" }]);
  });

  it("what fails after the commit says that the database was replaced", async () => {
    const env = { PGPASSWORD: server.password, LIFEBOAT_CALLER_DIR: folder };
    expect((await runCli("backup", ["--url", urlOf(target.name), "--out", "my.dump"], env)).code).toBe(0);
    const record = readFileSync(join(folder, "my.dump.json"), "utf8");
    put("my.dump.json", record.replace('"rows": 300', '"rows": 301'));
    const ended = await restore("my.dump", ...replace());
    expect(ended.code).toBe(1);
    expect(ended.err).toMatch(new RegExp(`${target.name} was replaced and committed.*committed before this.*public\\.logs`, "s"));
  });

  it("a compressed dump, too, gets its name only when pg_restore has listed it", async () => {
    const tools = join(folder, "tools");
    mkdirSync(tools);
    for (const name of ["pg_dump", "psql", "pg_dumpall"]) symlinkSync(join(server.binDir, name), join(tools, name));
    const real = join(server.binDir, "pg_restore");
    const listed = join(folder, "listed");
    const tool = (end: string) =>
      writeFileSync(join(tools, "pg_restore"), `#!/bin/sh\n[ "$1" = --version ] && exec ${real} "$@"\n${real} "$@" > ${listed}\n${end}\n`, {
        mode: 0o755,
      });
    const backUp = async (out: string) =>
      await runCli("backup", ["--url", urlOf(target.name), "--out", out], {
        PGPASSWORD: server.password,
        LIFEBOAT_CALLER_DIR: folder,
        PG_BIN_PATH: tools,
      });
    tool("echo 'pg_restore: error: damaged' >&2; exit 1");
    for (const name of ["my.dump", "my.dump.zst"]) {
      expect(await backUp(name)).toMatchObject({ code: 1, err: expect.stringContaining("damaged") as unknown });
      expect(readdirSync(folder).filter((each) => each.includes("my.dump"))).toEqual([]);
      expect(readFileSync(listed, "utf8")).toContain("TABLE DATA public logs");
    }
    tool("exit 0");
    expect((await backUp("my.dump.zst")).code).toBe(0);
  });
});
