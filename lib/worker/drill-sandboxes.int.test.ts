import { chmodSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { findProcessesOf } from "#lib/clusters/sandbox-processes";
import { findSandboxUser } from "#lib/clusters/sandbox-user";
import { createPostgresEngine } from "#lib/engines/postgres/engine";
import { browseCopy, copyTables } from "#lib/engines/postgres/browse-copy";
import { queryCopy } from "#lib/engines/postgres/query-copy";
import type { SandboxAccess } from "#lib/services/drills/ports";
import { describeOn, type TestServer } from "#lib/testing/postgres";
import { quietLogger } from "#lib/testing/quiet-logger";
import { makeSandboxKit, type SandboxKit } from "#lib/testing/sandbox-kit";
import { removeFolder } from "#lib/testing/temporary-folder";
import { createDrillPorts } from "./drill-ports.ts";
import type { HostSandboxes } from "./drill-sandboxes.ts";

const found = await findSandboxUser();
const why = "why" in found ? found.why : null;
const limits = { maxRows: 10, timeoutMs: 20_000 };

describe.skipIf(why !== null)(`the sandbox of a drill${why === null ? "" : ` (${why})`}`, () => {
  const inSandbox = (server: TestServer) => {
    let kit: SandboxKit;
    let sandboxes: HostSandboxes;
    let access: SandboxAccess;
    let canary: string;

    beforeAll(async () => {
      kit = await makeSandboxKit();
      sandboxes = kit.sandboxes();
      mkdirSync(join(kit.folder, "open"));
      chmodSync(join(kit.folder, "open"), 0o777);
      canary = join(kit.folder, "open", "canary");
      access = await sandboxes.start({ drillId: kit.drillId, major: server.major, database: "shop" }, kit.context);
      const engine = createPostgresEngine({ pgBinPath: [server.binDir], lockWaitMs: 5_000, stallMs: 20_000, logger: quietLogger });
      const request = {
        address: access.owner.address,
        database: "shop",
        properties: null,
        content: "all",
        tables: [],
        owners: "keep",
        jobs: 2,
      } as const;
      await engine.createDatabase(request, kit.context);
      await kit.run(
        access.owner,
        "create table item (id int primary key, name text, note text)",
        "insert into item select n, 'item ' || n, case when n % 2 = 0 then repeat('x', 20000) end from generate_series(1, 25) n",
        'create schema "odd "" schema"',
        'create table "odd "" schema"."no key" ("a column" int)',
        'insert into "odd "" schema"."no key" values (1), (2)',
        "analyze item",
      );
    });
    afterEach(() => rmSync(canary, { force: true }));
    afterAll(async () => {
      expect(await sandboxes.remove(kit.drillId)).toEqual({ processes: 0, folders: 0, files: 0, detail: "" });
      expect(await findProcessesOf(kit.root)).toEqual([]);
      await removeFolder(kit.folder);
    });

    const ask = (sql: string) => queryCopy(access.reader, sql, limits, kit.context);

    it("runs a server of the source's version as another account, apart from every network", async () => {
      expect(access).toMatchObject({ type: "sandbox", confined: true, drillId: kit.drillId });
      expect(access.serverVersion.startsWith(`${server.major}`)).toBe(true);
      expect(await sandboxes.look(server.major)).toMatchObject({ confined: true, serverVersion: access.serverVersion });
      expect(await sandboxes.look(server.major)).toMatchObject({ extensions: expect.arrayContaining(["plpgsql"]) as string[] });
      expect(await sandboxes.look(99)).toMatchObject({ problem: { code: "sandbox-unavailable" } });
      expect((await kit.run(access.owner, "show listen_addresses"))[0]).toEqual({ listen_addresses: "" });
      expect(await sandboxes.isAlive(access)).toBe(true);
      expect(await sandboxes.isAlive({ ...access, hostName: "another" })).toBe(false);
    });

    it("answers a statement with its rows as text, and says when there are more", async () => {
      expect(await ask("select 1 as a, null as a, 'x' as \"B\", true as bool, array[1, 2];")).toMatchObject({
        columns: ["a", "a", "B", "bool", "array"],
        rows: [["1", null, "x", "t", "{1,2}"]],
        truncated: false,
      });
      const many = await ask("select id, note from item order by id desc -- newest first");
      expect([many.rows.length, many.truncated]).toEqual([10, true]);
      expect(many.rows.slice(0, 2)).toEqual([
        ["25", null],
        ["24", "x".repeat(10_000)],
      ]);
      expect((await ask("with named as (select * from item) table named")).columns).toEqual(["id", "name", "note"]);
      expect((await ask("explain select * from item")).rows.length).toBeGreaterThan(0);
      expect((await ask("/* asked */ show default_transaction_read_only")).rows).toEqual([["on"]]);
      expect((await ask("values (1), (2)")).rows).toEqual([["1"], ["2"]]);
      // A value that no worker could hold does not leave the server.
      expect((await ask("select repeat('y', 20000000)")).rows[0]?.[0]).toBe("y".repeat(10_000));
    });

    it("tells what the server says of a statement, and where", async () => {
      await expect(ask("select nothing from item")).rejects.toMatchObject({
        code: "query-failed",
        params: { detail: 'column "nothing" does not exist', position: 8 },
      });
      await expect(ask("select 1 / 0")).rejects.toMatchObject({ code: "query-failed", params: { detail: "division by zero" } });
      await expect(queryCopy(access.reader, "select pg_sleep(30)", { maxRows: 1, timeoutMs: 300 }, kit.context)).rejects.toMatchObject({
        code: "query-failed",
        params: { detail: expect.stringContaining("statement timeout") as string },
      });
    });

    it.each([
      ["a row", "insert into item values (99)"],
      ["a row, told back", "insert into item values (99) returning id"],
      ["a row behind a query", "with gone as (delete from item returning id) select * from gone"],
      ["a table", "create table mine as select 1"],
      ["a table by a query", "select 1 as a into mine"],
      ["a measured write", "explain analyze delete from item"],
      ["a block", "do $$ begin delete from item; end $$"],
      ["a second statement", "select 1; delete from item"],
      ["a second statement behind the end of the first", "select 1) q; delete from item; --"],
      ["another mode", "set transaction read write"],
      ["another role", "set role postgres"],
      ["a lock", "select * from item for update"],
      ["a sequence", "select nextval('pg_catalog.pg_class_oid_index')"],
      ["a large object", "select lo_create(0) from lo_create(0) where false union all select lo_put(1, 0, 'x')::text::oid"],
    ])("the console refuses to write: %s", async (_what, sql) => {
      await expect(ask(sql)).rejects.toMatchObject({ code: expect.stringMatching(/^query-(failed|refused)$/) as string });
      expect((await kit.run(access.owner, "select count(*)::int as n from item"))[0]).toEqual({ n: 25 });
      expect((await kit.run(access.owner, "select to_regclass('mine') as mine"))[0]).toEqual({ mine: null });
    });

    it.each([
      ["a program", (at: string) => `copy (select 1) to program 'touch ${at}'`],
      ["a program that answers", () => "copy item from program 'cat /etc/passwd'"],
      ["a file to write", (at: string) => `copy (select 1) to '${at}'`],
      ["a file to read", () => "select pg_read_file('/etc/passwd')"],
      ["a folder", () => "select * from pg_ls_dir('/')"],
      ["a large object from a file", () => "select lo_import('/etc/passwd')"],
      ["a setting of the server", () => "select set_config('log_statement', 'all', false)"],
      ["the superuser, by a setting", () => "select set_config('role', (select rolname from pg_roles where rolsuper limit 1), false)"],
      [
        "the superuser, as its session",
        () => "select set_config('session_authorization', (select rolname from pg_roles where rolsuper limit 1), false)",
      ],
    ])("the console reaches neither files nor programs nor rights: %s", async (_what, textOf) => {
      await expect(ask(textOf(canary))).rejects.toMatchObject({ code: expect.stringMatching(/^query-(failed|refused)$/) as string });
      expect(existsSync(canary)).toBe(false);
    });

    it("the console is refused to a superuser, to members of strong roles, and where files were opened to everybody", async () => {
      await expect(queryCopy(access.owner, "select 1", limits, kit.context)).rejects.toMatchObject({ code: "query-refused" });
      const reader = `"${access.reader.address.username}"`;
      await kit.run(access.owner, `grant pg_read_server_files to ${reader}`);
      await expect(ask("select 1")).rejects.toMatchObject({ code: "query-refused" });
      await kit.run(access.owner, `revoke pg_read_server_files from ${reader}`, "grant execute on function pg_read_file(text) to public");
      await expect(ask("select 1")).rejects.toMatchObject({ code: "query-refused" });
      await kit.run(access.owner, "revoke execute on function pg_read_file(text) from public");
      expect((await ask("select 1")).rows).toEqual([["1"]]);
    });

    it("lists tables and pages through one in a stable order", async () => {
      expect(await copyTables(access.reader, kit.context)).toEqual([
        { schema: 'odd " schema', table: "no key", rows: null },
        { schema: "public", table: "item", rows: 25 },
      ]);
      const page = await browseCopy(access.reader, { schema: "public", table: "item" }, { offset: 20, limit: 3 }, kit.context);
      expect(page).toMatchObject({ columns: ["id", "name", "note"], hasMore: true });
      expect(page.rows.map(([id]) => id)).toEqual(["21", "22", "23"]);
      const odd = await browseCopy(access.reader, { schema: 'odd " schema', table: "no key" }, { offset: 0, limit: 5 }, kit.context);
      expect(odd).toMatchObject({ columns: ["a column"], rows: [["1"], ["2"]], hasMore: false });
      const away = browseCopy(access.reader, { schema: "pg_catalog", table: "pg_authid" }, { offset: 0, limit: 1 }, kit.context);
      await expect(away).rejects.toMatchObject({ code: "not-found" });
    });

    it("what is restored runs with all rights inside and reaches no server, no socket and no process outside", async () => {
      const socket = `/run/lifeboat-test-${process.pid}.sock`;
      let reached = 0;
      const listener: Server = createServer((client) => {
        reached += 1;
        client.destroy();
      });
      await new Promise<void>((resolve) => listener.listen(socket, resolve));
      try {
        chmodSync(socket, 0o777);
        await kit.run(
          access.owner,
          "create table seen (line text)",
          "copy seen from program 'ls -A /run; ls -d /proc/[0-9]* | wc -l; grep -c : /proc/net/dev'",
        );
        const lines = (await kit.run(access.owner, "select line from seen")).map(({ line }) => String(line));
        // Nothing in /run, a handful of processes, and the one interface that leads nowhere.
        expect(lines.length).toBe(2);
        expect(Number(lines[0])).toBeLessThan(20);
        expect(lines[1]).toBe("1");
        const [available] = await kit.run(access.owner, "select count(*)::int as n from pg_available_extensions where name = 'dblink'");
        if (available?.["n"] === 1) await kit.run(access.owner, "create extension dblink");
        const ways = [`host=${server.host} port=${server.port}`, "host=/run port=5432", `host=${access.owner.address.host} port=5432`];
        const told: string[] = [];
        for (const way of ways.slice(0, 3 * Number(available?.["n"]))) {
          const link = `${way} dbname=postgres user=${server.superuser} password=${server.password} connect_timeout=3`;
          told.push(
            await kit.run(access.owner, `select dblink_connect('${link}')`).then(String, (error: unknown) => (error as Error).message),
          );
        }
        expect(told.filter((text) => !text.includes("could not establish connection"))).toEqual([]);
        expect(reached).toBe(0);
      } finally {
        await new Promise((resolve) => listener.close(resolve));
      }
    });

    it("makes the roles that were recorded, and nobody can sign in as one of them", async () => {
      const globalsSql = `CREATE ROLE shop_admin;
ALTER ROLE shop_admin WITH SUPERUSER INHERIT CREATEROLE CREATEDB LOGIN NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 7;
CREATE ROLE "Ada ""B""";
ALTER ROLE "Ada ""B""" WITH NOSUPERUSER INHERIT LOGIN;
ALTER ROLE "Ada ""B""" SET search_path TO 'a', 'b c';
GRANT shop_admin TO "Ada ""B""" WITH ADMIN OPTION GRANTED BY postgres;
GRANT pg_read_all_data TO "Ada ""B""" GRANTED BY postgres;
GRANT "${access.owner.address.username}" TO "Ada ""B""";
CREATE TABLESPACE fast LOCATION '/srv/fast';
COMMENT ON ROLE shop_admin IS 'x'; DROP TABLE item;
`;
      const made = await sandboxes.createRoles(access, { globalsSql, roles: ["shop_admin", "named_only", "pg_monitor"] }, kit.context);
      expect(made.created).toEqual(["shop_admin", 'Ada "B"', "named_only"]);
      expect(made.problems).toEqual([
        expect.stringContaining("is left out"),
        expect.stringContaining("CREATE TABLESPACE"),
        expect.stringContaining("DROP TABLE"),
      ]);
      const rows = await kit.run(
        access.owner,
        `select rolname, rolsuper, rolcanlogin, rolconnlimit, rolconfig::text, array(select m.roleid::regrole::text from pg_auth_members m where m.member = r.oid order by 1) as in
         from pg_roles r where rolname in ('shop_admin', 'Ada "B"', 'named_only') order by 1`,
      );
      expect(rows).toEqual([
        expect.objectContaining({ rolname: 'Ada "B"', rolsuper: false, rolcanlogin: false, in: ["pg_read_all_data", "shop_admin"] }),
        expect.objectContaining({ rolname: "named_only", rolsuper: false, rolcanlogin: false }),
        expect.objectContaining({ rolname: "shop_admin", rolsuper: true, rolcanlogin: false, rolconnlimit: 7 }),
      ]);
      expect(String(rows[0]?.["rolconfig"])).toContain("b c");
      expect((await kit.run(access.owner, "select count(*)::int as n from item"))[0]).toEqual({ n: 25 });
    });

    it("no function of the copy lends the console its owner's rights, however strong that owner was", async () => {
      await kit.run(
        access.owner,
        "create role strong superuser",
        "create role member_of",
        "grant pg_execute_server_program to member_of",
        `create function reach(text) returns int language plpgsql security definer as $$ begin execute $1; return 1; end $$`,
        "alter function reach owner to strong",
      );
      const { copies } = createDrillPorts({ ...kit.host, sandboxDir: kit.root, hooksFile: null, lockWaitMs: 5_000, stallMs: 20_000 });
      const wanted = `select reach($a$copy (select 1) to program 'touch ${canary}'$a$)`;
      // Without the walls of the console it would.
      await kit.run(access.reader, wanted);
      expect(existsSync(canary)).toBe(true);
      rmSync(canary);
      for (const owner of ["strong", "member_of"]) {
        await kit.run(access.owner, `alter function reach owner to ${owner}`);
        await expect(copies.query(access.reader, wanted, limits, kit.context)).rejects.toMatchObject({ code: "query-failed" });
      }
      expect(existsSync(canary)).toBe(false);
    });

    it("lets its reader into a database whose grants shut everybody out", async () => {
      await kit.run(access.owner, "revoke connect on database shop from public");
      await expect(ask("select 1")).rejects.toMatchObject({ code: "privilege-missing" });
      expect(await sandboxes.admitReaderOf(access.reader.address.host, "lifeboat-test")).toBe(true);
      expect((await ask("select 1")).rows).toEqual([["1"]]);
      expect(await sandboxes.admitReaderOf(access.reader.address.host, "lifeboat-test")).toBe(false);
    });

    it("is reached by applications on a port of the loopback, with a password", async () => {
      const { host, port } = await sandboxes.relay(access);
      expect(await sandboxes.relay(access)).toEqual({ host, port });
      const connect = (password: string) =>
        postgres({ host, port, database: "shop", username: access.reader.address.username, password, max: 2, onnotice: () => undefined });
      const sql = connect(access.reader.address.password ?? "");
      expect(await sql`select count(*)::int as n from item`).toEqual([{ n: 25 }]);
      await expect(sql`delete from item`).rejects.toThrow(/read-only transaction/);
      await sql.end();
      const stranger = connect("guessed");
      await expect(stranger`select 1`).rejects.toThrow(/password authentication failed/);
      await stranger.end();
    });

    it("keeps a drill's files apart, and starting anew leaves them", async () => {
      const folder = await sandboxes.folder(kit.drillId);
      expect(folder.startsWith(join(kit.root, kit.drillId))).toBe(true);
      await expect(sandboxes.folder("../elsewhere")).rejects.toMatchObject({ code: "sandbox-unavailable" });
    });

    it("ends with everything that was started inside, however it hides; a second removal finds nothing", async () => {
      const { port } = await sandboxes.relay(access);
      await kit.run(
        access.owner,
        "create table left_over (line text)",
        "copy left_over from program '(cd / && setsid sleep 4242 >/dev/null 2>&1 </dev/null & ) ; echo'",
      );
      const dataDir = join(kit.root, kit.drillId, "data");
      expect((await findProcessesOf(dataDir)).length).toBeGreaterThan(3);
      const sleeping = async () => (await findProcessesOf("sleep 4242")).length;
      await expect.poll(sleeping).toBe(1);
      expect(await sandboxes.remove(kit.drillId)).toEqual({ processes: 0, folders: 0, files: 0, detail: "" });
      await expect.poll(sleeping).toBe(0);
      expect(await sandboxes.isAlive(access)).toBe(false);
      await expect(ask("select 1")).rejects.toMatchObject({ code: "connection-refused" });
      const late = postgres({ host: "127.0.0.1", port, max: 1, connect_timeout: 3, onnotice: () => undefined });
      await expect(late`select 1`).rejects.toMatchObject({ code: "ECONNREFUSED" });
      await late.end();
      expect(await sandboxes.remove(kit.drillId)).toEqual({ processes: 0, folders: 0, files: 0, detail: "" });
    });
  };
  describeOn(15, inSandbox);
  describeOn(17, inSandbox);
});
