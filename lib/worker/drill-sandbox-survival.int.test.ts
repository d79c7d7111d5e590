import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lookUpUser } from "#lib/clusters/os-user";
import { findProcessesOf } from "#lib/clusters/sandbox-processes";
import { findSandboxUser } from "#lib/clusters/sandbox-user";
import type { Leftovers, SandboxAccess } from "#lib/services/drills/ports";
import { testServer } from "#lib/testing/postgres";
import type { SandboxOrder } from "#lib/testing/sandbox-holder";
import { makeSandboxKit, type SandboxKit } from "#lib/testing/sandbox-kit";
import { removeFolder } from "#lib/testing/temporary-folder";
import { testBinPath } from "#lib/testing/worker-setup";

const found = await findSandboxUser();
const ordinary = await lookUpUser("postgres");
const why = "why" in found ? found.why : ordinary === null ? "there is no account postgres" : null;
const nothing = { processes: 0, folders: 0, files: 0, detail: "" };

describe.skipIf(why !== null)(`a sandbox without its worker${why === null ? "" : ` (${why})`}`, () => {
  let kit: SandboxKit;
  let children: ChildProcess[] = [];

  beforeAll(async () => {
    kit = await makeSandboxKit();
  });
  afterAll(async () => {
    for (const child of children) child.kill("SIGKILL");
    await removeFolder(kit.folder);
  });

  /** Starts a process that holds a sandbox, and returns the first line that it says. */
  async function hold(
    order: Partial<SandboxOrder>,
    as: { uid?: number; gid?: number } = {},
  ): Promise<{ child: ChildProcess; told: unknown }> {
    const { root, folder: workDir, key, drillId } = kit;
    const whole = { root, workDir, key, drillId, pgBinPath: testBinPath(), major: testServer(15).major, ...order };
    const child = spawn(process.execPath, [join(import.meta.dirname, "../testing/sandbox-holder.ts")], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { PATH: "/usr/bin:/bin:/usr/sbin:/sbin", LIFEBOAT_TEST_CONFIG: JSON.stringify(whole) } as unknown as NodeJS.ProcessEnv,
      cwd: join(import.meta.dirname, "../.."),
      ...as,
    });
    children = [...children, child];
    const [line] = (await Promise.race([
      once(createInterface({ input: child.stdout }), "line"),
      once(child, "exit").then(([code]) => Promise.reject(new Error(`the holder ended with ${code}`))),
    ])) as [string];
    return { child, told: JSON.parse(line) as unknown };
  }

  it("is found again by the next worker, its relay too, under a path that is too long for a socket; and is swept when its drill is over", async () => {
    const root = join(kit.folder, `a-${"long-".repeat(20)}path`, "sandboxes");
    const { child, told } = await hold({ root });
    const { access, relay } = told as { access: SandboxAccess; relay: { port: number } };
    const folder = join(root, kit.drillId);
    expect(access.owner.address.host.startsWith(folder)).toBe(false);
    expect(Buffer.byteLength(`${access.owner.address.host}/.s.PGSQL.5432`)).toBeLessThan(104);
    child.kill("SIGKILL");
    await once(child, "exit");

    const next = kit.sandboxes({ root });
    expect(await next.isAlive(access)).toBe(true);
    expect((await kit.run(access.reader, "select 1 as n"))[0]).toEqual({ n: 1 });
    const { username, password } = access.reader.address;
    const connect = () =>
      postgres({ host: "127.0.0.1", port: relay.port, database: "postgres", username, password: password ?? "", max: 1 });
    const early = connect();
    await expect(early`select 1`).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await early.end();
    await next.sweep(() => Promise.resolve(new Set()));
    const late = connect();
    expect(await late`select 1 as n`).toEqual([{ n: 1 }]);
    await late.end();

    // A relay of another worker, whose sandbox goes away below it.
    const third = kit.sandboxes({ root });
    await third.sweep((ids) => Promise.resolve(new Set(ids)));
    expect(await next.isAlive(access)).toBe(false);
    expect([existsSync(folder), existsSync(access.owner.address.host)]).toEqual([false, false]);
    expect(await findProcessesOf(root)).toEqual([]);
    await next.sweep(() => Promise.resolve(new Set()));
    const gone = connect();
    await expect(gone`select 1`).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await gone.end();
  });

  it("is known to be gone when its server was killed, and leaves nothing; a start that was cut off is cleared as well", async () => {
    const sandboxes = kit.sandboxes();
    const order = { drillId: kit.drillId, major: testServer(15).major, database: "shop" };
    const cut = new AbortController();
    const cutting = sandboxes.start(order, { ...kit.context, signal: cut.signal });
    await expect.poll(() => existsSync(join(kit.root, kit.drillId, "data.new")), { interval: 5 }).toBe(true);
    cut.abort(new Error("cut"));
    await expect(cutting).rejects.toThrow("cut");
    expect(existsSync(join(kit.root, kit.drillId, "data"))).toBe(false);

    const kept = join(await sandboxes.folder(kit.drillId), "archive");
    writeFileSync(kept, "x");
    const access = await sandboxes.start(order, kit.context);
    expect(existsSync(kept)).toBe(true);
    const dataDir = join(kit.root, kit.drillId, "data");
    const postmaster = (await findProcessesOf(dataDir)).find(({ title }) => /^\S*\/postgres -D /.test(title));
    process.kill(postmaster?.pid ?? 0, "SIGKILL");
    await expect.poll(() => sandboxes.isAlive(access)).toBe(false);
    await expect.poll(() => findProcessesOf(dataDir)).toEqual([]);
    await expect(kit.run(access.reader, "select 1")).rejects.toMatchObject({ code: "connection-refused" });
    expect(await sandboxes.remove(kit.drillId)).toEqual(nothing);
    expect(readdirSync(kit.root)).toEqual([]);
  });

  it("a process of ours that only stands under the number of a sandbox's server is left alone", async () => {
    const sandboxes = kit.sandboxes();
    const bystander = spawn("sleep", ["1000"], { stdio: "ignore" });
    children = [...children, bystander];
    await once(bystander, "spawn");
    const folder = dirname(await sandboxes.folder(kit.drillId));
    const process_ = { pid: bystander.pid, born: "another boot 1" };
    const record = {
      user: null,
      isIsolated: true,
      confined: true,
      socketDir: join(folder, "socket"),
      process: process_,
      sealed: null,
      relayPort: null,
    };
    writeFileSync(join(folder, "sandbox.json"), JSON.stringify(record));
    await sandboxes.sweep((ids) => Promise.resolve(new Set(ids)));
    expect([existsSync(folder), bystander.exitCode, bystander.signalCode]).toEqual([false, null, null]);
  });

  /** Whatever the system refuses: who restores is no superuser and cannot become one. */
  const statements = [
    "create table mine as select 1 as n",
    "set role shop_admin",
    "copy (select 1) to program 'true'",
    "create role more superuser",
    "grant pg_execute_server_program to current_user",
  ];
  const globalsSql = `CREATE ROLE shop_admin; ALTER ROLE shop_admin WITH SUPERUSER CREATEROLE LOGIN; CREATE ROLE reporter;
GRANT pg_execute_server_program TO reporter; GRANT reporter TO shop_admin;`;
  type Told = {
    confined: boolean;
    uid: number;
    roles: { created: string[]; problems: string[] };
    told: string[];
    asked: unknown;
    isAlive: boolean;
    left: Leftovers;
  };

  it("an ordinary user gets one without a second account, in which nothing restores as a superuser", async () => {
    const root = join(kit.folder, "ordinary");
    mkdirSync(root);
    chownSync(root, ordinary?.uid ?? 0, ordinary?.gid ?? 0);
    chmodSync(root, 0o700);
    const as = { uid: ordinary?.uid ?? 0, gid: ordinary?.gid ?? 0 };
    const held = await hold({ root, workDir: root, globalsSql, statements }, as);
    const told = held.told as Told;
    expect(told).toMatchObject({ confined: false, uid: as.uid, asked: [["1"]], isAlive: true, left: nothing });
    expect(told.roles.created).toEqual(["shop_admin", "reporter"]);
    expect(told.roles.problems).toEqual([
      "the role shop_admin is made without SUPERUSER",
      "the role shop_admin is made without CREATEROLE",
      "membership of reporter in pg_execute_server_program is left out",
    ]);
    const denied = expect.stringContaining("privilege-missing") as string;
    expect(told.told).toEqual([expect.any(String), "done", denied, denied, denied]);
  });

  it("where the system lets nobody be cut off from the network, it says so and restores without a superuser", async () => {
    const sandboxes = kit.sandboxes({ mayIsolate: false });
    const major = testServer(15).major;
    expect(await sandboxes.look(major)).toMatchObject({ confined: false });
    const access = await sandboxes.start({ drillId: kit.drillId, major, database: "postgres" }, kit.context);
    expect(access.confined).toBe(false);
    await expect(kit.run(access.owner, "copy (select 1) to program 'true'")).rejects.toMatchObject({ code: "privilege-missing" });
    expect(await sandboxes.remove(kit.drillId)).toEqual(nothing);
  });
});
