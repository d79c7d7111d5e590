import { type ChildProcess, spawn } from "node:child_process";
import { randomUUIDv7 } from "node:crypto";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { isAlive, readPostmasterPid } from "#lib/clusters/postmaster-pid";
import { type Sandbox, startSandbox, sweepSandboxes } from "#lib/clusters/sandbox";
import { findConfinement, findSandboxUser } from "#lib/clusters/sandbox-user";
import { LifeboatError } from "#lib/domain/error";
import { makeId } from "#lib/domain/ids";
import { type ScriptFacts, ScriptScanner } from "#lib/domain/script-scan";
import type { EngineContext } from "#lib/engines/port";
import { runConfined } from "#lib/engines/postgres/run-script";
import { runTool } from "#lib/exec/run-tool";
import type { ImportSandbox } from "#lib/services/imports/ports";
import { describeOn, type TestServer } from "#lib/testing/postgres";
import { quietLogger } from "#lib/testing/quiet-logger";
import { removeFolder } from "#lib/testing/temporary-folder";
import { testBinPath } from "#lib/testing/worker-setup";
import { startImportSandbox } from "./import-sandbox.ts";

const found = await findSandboxUser();
const why = "why" in found ? found.why : null;
const nothing: ScriptFacts = { bytes: 0, roles: [], extensions: [], owners: [], leftOut: 0, encoding: null, transactionLine: null };

describe.skipIf(why !== null)(`what is loaded from elsewhere${why === null ? "" : ` (${why})`}`, () => {
  const loaded = (server: TestServer) => {
    let root: string;
    let canary: string;
    let sandbox: ImportSandbox;
    let context: EngineContext;

    beforeAll(async () => {
      root = mkdtempSync(join(tmpdir(), "sandbox-"));
      chmodSync(root, 0o711);
      mkdirSync(join(root, "open"));
      chmodSync(join(root, "open"), 0o777);
      canary = join(root, "open", "canary");
      context = { signal: AbortSignal.timeout(300_000), workDir: root, applicationName: "lifeboat-sandbox-test", log: () => undefined };
      const host = { root: join(root, "sandboxes"), pgBinPath: testBinPath(), logger: quietLogger };
      const wanted = { runId: makeId("run", randomUUIDv7()), major: server.major, owner: "shop_role", encoding: "UTF8" };
      sandbox = await startImportSandbox(host, wanted, context);
    });
    afterEach(() => rmSync(canary, { force: true }));
    afterAll(async () => {
      await sandbox.stop();
      if (readdirSync(join(root, "sandboxes")).length > 0) throw new Error("a sandbox was left behind");
      await removeFolder(root);
    });

    const run = (text: string, facts = nothing) =>
      sandbox.runScript(
        (async function* () {
          yield Buffer.from(text);
        })(),
        facts,
        context,
      );
    /** Past the scanner: what it might miss must find the next wall. */
    const refusal = (text: string) =>
      run(text).then(
        () => null,
        (error: unknown) => (error as LifeboatError).reason,
      );

    it("runs, gives objects to roles that the script names, and only these", async () => {
      const text = 'create table kept (a int);\nalter table kept owner to "Ada B";\ngrant select on kept to "Ada B";\n';
      const scanner = new ScriptScanner();
      const script = [...scanner.push(Buffer.from(text))];
      const { chunks, facts } = scanner.end();
      await run(Buffer.concat([...script, ...chunks]).toString(), facts);
      expect(
        await refusal(
          `do $$ begin if (select tableowner from pg_tables where tablename = 'kept') <> 'Ada B' then raise 'owner'; end if; end $$;`,
        ),
      ).toBeNull();
    });

    it.each([
      ["a shell", (at: string) => `select 1;\n\\! touch ${at}\n`, 2],
      ["a shell behind a statement", (at: string) => `select 1 \\! touch ${at}\n`, 1],
      ["a shell after a guessed end of the restriction", (at: string) => `\\unrestrict abc\n\\! touch ${at}\n`, 1],
      ["a shell after a restriction and a guessed end", (at: string) => `\\restrict abc\n\\unrestrict abc\n\\! touch ${at}\n`, 1],
      ["a copy to a program", (at: string) => `\\copy (select 1) to program 'touch ${at}'\n`, 1],
      ["output into a program", (at: string) => `\\o |touch ${at}\nselect 1;\n`, 1],
      ["output into a file", (at: string) => `\\o ${at}\nselect 1;\n`, 1],
      ["a result into a program", (at: string) => `select 1 \\g |touch ${at}\n`, 1],
      ["a backtick in a variable", (at: string) => `\\set x \`touch ${at}\`\n`, 1],
      ["another file", () => "\\i /etc/passwd\n", 1],
      ["a large object from a file", () => "\\lo_import /etc/passwd\n", 1],
      ["an editor", () => "\\e\n", 1],
      ["another server", () => "\\connect postgres\n", 1],
    ])("psql's restriction holds without the scanner: %s", async (_what, textOf, line) => {
      expect(await refusal(textOf(canary))).toMatchObject({ code: "script-forbidden", params: { line } });
      expect(existsSync(canary)).toBe(false);
    });

    it.each([
      ["a program of the server", (at: string) => `copy (select 1) to program 'touch ${at}';`],
      [
        "a program of the server, said at run time",
        (at: string) => `do $$ begin execute 'copy (select 1) to program ''touch ${at}'''; end $$;`,
      ],
      ["a file of the server", (at: string) => `copy (select 1) to '${at}';`],
      ["reading a file of the server", () => "select pg_read_file('/etc/passwd');"],
      ["a large object from a file of the server", () => "select lo_import('/etc/passwd');"],
      [
        "another role",
        () => "do $$ declare r text; begin select rolname into r from pg_roles where rolsuper; execute format('set role %I', r); end $$;",
      ],
      ["a superuser of its own", () => "create role mine superuser login;"],
      ["an extension that reaches files", () => "create extension file_fdw;"],
      ["a language that reaches everything", () => "create function f() returns int language c as '/tmp/x.so', 'f';"],
      ["a setting of the server", () => "alter system set archive_command = 'touch /tmp/x';"],
      [
        "an event trigger",
        () =>
          "create function e() returns event_trigger language plpgsql as $$ begin end $$; create event trigger e on ddl_command_end execute function e();",
      ],
    ])("the role's rights hold without the scanner: %s", async (_what, textOf) => {
      expect(await refusal(textOf(canary))).toMatchObject({ code: expect.stringMatching(/^(script-failed|extension-missing)$/) as string });
      expect(existsSync(canary)).toBe(false);
    });

    it.each(["pg_execute_server_program", "current_user", "CURRENT_ROLE", "session_user", '"pg_write_server_files"'])(
      "nothing is given to %s: what runs in that name reaches programs and files",
      async (owner) => {
        const body = `begin execute 'copy (select 1) to program ''touch ${canary}'''; return 1; end`;
        const text = `create or replace function taken() returns int language plpgsql security definer as $f$ ${body} $f$;
alter function taken() owner to ${owner};\n`;
        const scanner = new ScriptScanner();
        const script = [...scanner.push(Buffer.from(text))];
        const { chunks, facts } = scanner.end();
        await run(Buffer.concat([...script, ...chunks]).toString(), facts).catch(() => undefined);
        // Stands for all that runs in an owner's name later on: autovacuum evaluates the functions of an index as the table's owner.
        expect(await refusal("select taken();")).toMatchObject({ code: "script-failed" });
        expect(existsSync(canary)).toBe(false);
      },
    );

    it("what belongs to the server itself is given to nobody", async () => {
      const owners = ["ALTER FUNCTION pg_read_file(text) OWNER TO shop_role"];
      await expect(run("select 1;", { ...nothing, owners })).rejects.toMatchObject({ code: "script-forbidden" });
    });

    it("an extension that the sandbox does not have is named", async () => {
      const extension = { ...nothing, extensions: [{ name: "no_such_extension", schema: null, line: 1 }] };
      await expect(run("select 1;", extension)).rejects.toMatchObject({
        code: "extension-missing",
        params: { extension: "no_such_extension" },
      });
    });

    it("a script may not bring in what reaches outside, nor take the name of the sandbox's superuser", async () => {
      const extension = { ...nothing, extensions: [{ name: "dblink", schema: null, line: 7 }] };
      await expect(run("select 1;", extension)).rejects.toMatchObject({ code: "script-forbidden", params: { line: 7 } });
      const [superuser] = await rolesOf("rolsuper");
      await expect(run("select 1;", { ...nothing, roles: [superuser ?? ""] })).rejects.toMatchObject({ code: "script-forbidden" });
    });

    /** Asked of psql itself, confined like a script's. */
    async function rolesOf(condition: string): Promise<string[]> {
      const names: string[] = [];
      await run(`do $$ begin raise exception '%', (select string_agg(rolname, ',') from pg_roles where ${condition}); end $$;`).catch(
        (error: unknown) => {
          names.push(...String((error as LifeboatError).params["detail"]).split(","));
        },
      );
      return names;
    }

    it("bounds and plainly tells what a script makes its errors say", async () => {
      const reason = await refusal("do $$ begin raise exception '%', E'\\x1b[31m<b>' || repeat('x', 1000000); end $$;");
      expect(reason).toMatchObject({
        code: "script-failed",
        params: { line: 1, detail: expect.stringMatching(/^ ?\[?31?m?<b>x{10,500}$/) as string },
      });
    });

    it("ends with an unfinished script, and with a source that fails", async () => {
      expect(await refusal("create table u (a int);\ncopy u from stdin;\n1\n2\n")).toBeNull();
      const failing = async function* () {
        yield Buffer.from("select 1;\n");
        throw new LifeboatError("file-changed", { path: "x" });
      };
      await expect(sandbox.runScript(failing(), nothing, context)).rejects.toMatchObject({ code: "file-changed" });
    });

    it("the canary would be found: the same command without the restriction makes it", async () => {
      if ("why" in found) return;
      const { uid, gid } = found.user;
      const work = join(root, "open", "work");
      mkdirSync(work);
      chmodSync(work, 0o777);
      const { address, database } = sandbox;
      const { host, port, username: role } = address;
      const confine = (file: string, args: readonly string[]) => ({ file, args, uid, gid });
      const plain = { confine, user: found.user, workDir: work, host, port, role, password: address.password ?? "", database };
      const { applicationName, signal } = context;
      const exit = await runConfined(
        { ...plain, binDir: server.binDir, applicationName, signal },
        "psql",
        ["-X", "-f", "-"],
        `\\! touch ${canary}\n`,
      );
      expect(exit.exitCode).toBe(0);
      expect(existsSync(canary)).toBe(true);
    });

    it("its programs reach no network where the system lets them be cut off", async () => {
      if ("why" in found) return;
      const { confine, hasNetwork } = await findConfinement(found.user);
      const { stdout } = await runTool({ ...confine("cat", ["/proc/net/dev"]), cwd: "/", timeoutMs: 10_000 });
      const interfaces = [...stdout.matchAll(/^\s*(\S+):/gm)].map((match) => match[1]);
      expect(hasNetwork ? ["lo"] : interfaces).toEqual(["lo"]);
      expect(sandbox.isOffline).toBe(!hasNetwork);
    });

    it("starts in a folder whose path is too long for a socket, and leaves nothing of the one it takes instead", async () => {
      const far = join(root, "far".repeat(30));
      const other = await startSandbox({ root: far, runId: makeId("run", randomUUIDv7()), binDir: server.binDir, logger: quietLogger });
      expect(readdirSync(other.socketDir)).toContain(`.s.PGSQL.${other.cluster.port}`);
      await other.stop();
      expect([readdirSync(far), existsSync(other.socketDir)]).toEqual([[], false]);
    });

    describe("a sandbox that its worker left behind", () => {
      let left: Sandbox;
      let bystander: ChildProcess;
      const home = () => join(root, "left");
      afterEach(() => bystander.kill("SIGKILL"));

      it("is ended and removed by the sweep with the rights of its own account, whatever its files say", async () => {
        bystander = spawn("sleep", ["1000"], { stdio: "ignore" });
        await once(bystander, "spawn");
        const runId = makeId("run", randomUUIDv7());
        left = await startSandbox({ root: home(), runId, binDir: server.binDir, logger: quietLogger });
        const { dataDir } = left.cluster;
        const running = await readPostmasterPid(dataDir);
        expect(isAlive(running?.pid ?? 0)).toBe(true);
        await sweepSandboxes(home(), () => Promise.resolve(new Set()), quietLogger);
        expect(isAlive(running?.pid ?? 0)).toBe(true);
        // A process of ours in the place of the server's: killing it would be what a hostile script wants.
        const pidFile = join(dataDir, "postmaster.pid");
        process.kill(running?.pid ?? 0, "SIGQUIT");
        await expect.poll(() => isAlive(running?.pid ?? 0)).toBe(false);
        writeFileSync(pidFile, `${bystander.pid}\n${dataDir}\n1700000000\n5432\n\n127.0.0.1\n\nready\n`);
        await sweepSandboxes(home(), (ids) => Promise.resolve(new Set(ids)), quietLogger);
        expect(readdirSync(home())).toEqual([]);
        expect(isAlive(bystander.pid ?? 0)).toBe(true);
      });
    });
  };
  describeOn(15, loaded);
  describeOn(17, loaded);
});

it("says why there is no sandbox where nobody else can be started", async () => {
  expect(await findSandboxUser(false)).toMatchObject({ why: expect.stringContaining("does not run as root") as string });
});
