import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { LifeboatError } from "#lib/domain/error";
import { keptNameOf, restoredNameOf, siblingNameOf } from "#lib/domain/replace-names";
import { describeOn, type TestServer } from "#lib/testing/postgres";
import { countingSessions } from "#lib/testing/server-visits";
import type { CommitGuard } from "../port.ts";
import { hostileNames } from "./copy-fixture.ts";
import { engineFixture } from "./engine-fixture.ts";
import { ReconnectingPool } from "./reconnecting-pool.ts";
import type { RenameOrder } from "./rename-process.ts";
import { type Prepared, ReplaceBench } from "./replace-fixture.ts";
import { identifier } from "./sql-text.ts";

function suite(server: TestServer) {
  const bench = new ReplaceBench(server);
  const { address } = bench;

  const rename = async (renames: Prepared["swap"], as = address) =>
    await bench.fixture.engine.renameDatabases(as, renames, bench.fixture.context);
  /** Holds the second rename: the first one is done, and nothing is committed. */
  const holdSecond = async ({ sibling }: Prepared) => {
    const holder = await (await bench.session("postgres")).reserve();
    await holder.unsafe(`begin; comment on database ${identifier(sibling)} is 'held'`);
    return async () => {
      await holder.unsafe("rollback");
      holder.release();
    };
  };
  const waitingForLock = async (applicationName: string) => {
    const rows = await bench.admin(
      `select pid from pg_stat_activity where application_name = '${applicationName}' and wait_event_type = 'Lock' and query like 'begin%'`,
    );
    return rows.map((row) => row["pid"] as number);
  };

  it("swaps two databases under 20 clients that reconnect as fast as they can, and back", async () => {
    const prepared = await bench.prepare();
    const pool = new ReconnectingPool(server.url(prepared.name), prepared.name, 20);
    await expect.poll(() => pool.answersSince(0).length).toBeGreaterThan(40);
    const renames: { from: number; to: number }[] = [];
    const timed = async (names: Prepared["swap"]) => {
      const from = pool.now();
      const result = await rename(names);
      renames.push({ from, to: pool.now() });
      return result;
    };
    for (let turn = 0; turn < 2; turn += 1) {
      expect((await timed(prepared.swap)).sessionsEnded).toBeGreaterThan(5);
      const swapped = pool.now();
      expect(await bench.now(prepared)).toEqual(bench.after(prepared));
      await expect.poll(() => pool.answersSince(swapped).length).toBeGreaterThan(40);
      expect(new Set(pool.answersSince(swapped))).toEqual(new Set([String(prepared.fresh)]));
      await timed(prepared.undo);
      const undone = pool.now();
      expect(await bench.now(prepared)).toEqual(bench.before(prepared));
      // The next swap is to find clients there.
      await expect.poll(() => pool.answersSince(undone).length).toBeGreaterThan(40);
    }
    await pool.stop();
    // Who was let in before the rename had its lock may be thrown out before an answer, by a rename only.
    const thrownOut = pool.thrownOut();
    const met = pool.visits.filter((visit) => renames.some(({ from, to }) => visit.from < to && visit.to > from));
    expect(thrownOut.filter((visit) => !met.includes(visit))).toEqual([]);
    // Who connects meanwhile waits, then is told once that the database was renamed; the next try is let in.
    const others = pool.visits.filter((visit) => !thrownOut.includes(visit));
    expect(new Set(others.map((visit) => visit.code))).toEqual(new Set(["", "3D000"]));
    // Nobody waits longer than a rename: what a visit takes beyond it, it takes where there is none, too, however busy the machine is.
    const longest = (spans: readonly { from: number; to: number }[]) => Math.max(...spans.map(({ from, to }) => to - from));
    const free = pool.visits.filter((visit) => !met.includes(visit));
    expect(longest(met)).toBeLessThanOrEqual(longest(renames) + longest(free));
  });

  it("leaves the old database under the name when the session that renames is ended before its commit", async () => {
    const prepared = await bench.prepare();
    const release = await holdSecond(prepared);
    const renaming = rename(prepared.swap).catch((error: unknown) => error);
    await expect.poll(async () => (await waitingForLock(bench.fixture.context.applicationName)).length).toBe(1);
    expect(await bench.now(prepared)).toEqual(bench.before(prepared));
    const [pid] = await waitingForLock(bench.fixture.context.applicationName);
    await bench.admin(`select pg_terminate_backend(${pid})`);
    expect(await renaming).toMatchObject({ code: "connection-lost" });
    expect(await bench.now(prepared)).toEqual(bench.before(prepared));
    await release();
    await rename(prepared.swap);
    expect(await bench.now(prepared)).toEqual(bench.after(prepared));
  });

  it("gives the renames up when the last word before their commit does not come, or is no", async () => {
    const prepared = await bench.prepare();
    const { engine, context } = bench.fixture;
    const held = `select 1 from pg_stat_activity where application_name = '${context.applicationName}' and state = 'idle in transaction'`;
    const late: CommitGuard = async (commit) => {
      await expect.poll(async () => (await bench.admin(held)).length).toBe(0);
      await commit();
    };
    await expect(engine.renameDatabases(address, prepared.swap, context, late)).rejects.toMatchObject({ code: "connection-lost" });
    expect(await bench.now(prepared)).toEqual(bench.before(prepared));
    const never: CommitGuard = () => Promise.reject(new LifeboatError("lease-lost", { runId: "" }));
    await expect(engine.renameDatabases(address, prepared.swap, context, never)).rejects.toMatchObject({ code: "lease-lost" });
    expect(await bench.now(prepared)).toEqual(bench.before(prepared));
  });

  it("leaves the old database under the name, answering, when the process that renames is killed with -9", async () => {
    const prepared = await bench.prepare();
    const release = await holdSecond(prepared);
    const child = spawn(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", fileURLToPath(new URL("rename-process.ts", import.meta.url))],
      {
        stdio: ["ignore", "ignore", "inherit", "ipc"],
      },
    );
    await once(child, "message");
    const order: RenameOrder = { address, renames: prepared.swap, applicationName: `${bench.fixture.context.applicationName}-k` };
    child.send(order);
    await expect.poll(async () => (await waitingForLock(order.applicationName)).length).toBe(1);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await bench.now(prepared)).toEqual(bench.before(prepared));
    // What a sweep does first: then nothing of the lost process can follow any more.
    await bench.fixture.engine.endSessions(address, { ...bench.fixture.context, applicationName: order.applicationName });
    await release();
    const visitor = await bench.session(prepared.name);
    expect(await visitor`select oid::text from pg_database where datname = current_database()`).toEqual([{ oid: String(prepared.old) }]);
    expect(await bench.now(prepared)).toEqual(bench.before(prepared));
    await rename(prepared.swap);
    expect(await bench.now(prepared)).toEqual(bench.after(prepared));
  });

  it("stops when it is cancelled while it waits, and changes nothing", async () => {
    const prepared = await bench.prepare();
    const release = await holdSecond(prepared);
    const renaming = rename(prepared.swap).catch((error: unknown) => error);
    await expect.poll(async () => (await waitingForLock(bench.fixture.context.applicationName)).length).toBe(1);
    bench.fixture.abort.abort(new Error("cancelled by a person"));
    expect(await renaming).toMatchObject({ message: "cancelled by a person" });
    await release();
    const fixture = await engineFixture([server.binDir]);
    const { name, sibling, kept } = prepared;
    expect(new Map(await fixture.engine.databaseIds(address, [name, sibling, kept], fixture.context))).toEqual(bench.before(prepared));
    await fixture.remove();
  });

  it("names a session elsewhere whose lock holds the rename up, and changes nothing", async () => {
    const prepared = await bench.prepare();
    const release = await holdSecond(prepared);
    // Three tries; a second each tells the same as five.
    const hasty = await engineFixture([server.binDir], { renameWaitMs: 1_000 });
    await expect(hasty.engine.renameDatabases(address, prepared.swap, hasty.context)).rejects.toMatchObject({
      code: "sessions-not-ended",
      params: { database: prepared.name, count: 1, who: `${server.superuser} (visitor)` },
    });
    await release();
    await hasty.remove();
    expect(await bench.now(prepared)).toEqual(bench.before(prepared));
  });

  it("takes every hostile name through swap, undo and removal", async () => {
    const { engine, context } = bench.fixture;
    const roundTrip = async (hostile: string) => {
      const name = await bench.make(hostile);
      const sibling = await bench.make(siblingNameOf(name, context.applicationName));
      const known = await bench.ids(name, sibling);
      const [old, fresh] = [known.get(name)!, known.get(sibling)!];
      const kept = bench.expectName(keptNameOf(name, new Date(), [name, sibling]));
      const restored = bench.expectName(restoredNameOf(name, new Date(), [name, kept]));
      await rename([
        { oid: old, from: name, to: kept },
        { oid: fresh, from: sibling, to: name },
      ]);
      expect(await bench.ids(name, sibling, kept)).toEqual(
        new Map([
          [kept, old],
          [name, fresh],
        ]),
      );
      await rename([
        { oid: fresh, from: name, to: restored },
        { oid: old, from: kept, to: name },
      ]);
      expect(await bench.ids(name, restored, kept)).toEqual(
        new Map([
          [restored, fresh],
          [name, old],
        ]),
      );
      await engine.dropDatabaseById(address, { oid: fresh, database: restored }, context);
      expect(await bench.ids(name, restored)).toEqual(new Map([[name, old]]));
      await engine.dropDatabaseById(address, { oid: old, database: name }, context);
      expect(await bench.ids(name)).toEqual(new Map());
    };
    const waiting = [...hostileNames("c"), "é".repeat(31), `${"x".repeat(35)}🛟🛟${"y".repeat(20)}`];
    const lane = async () => {
      for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) await roundTrip(name);
    };
    await Promise.all([lane(), lane(), lane(), lane()]);
  });

  it("works from another database where the maintenance database is the one that is replaced", async () => {
    const prepared = await bench.prepare();
    const inside = { ...address, maintenanceDatabase: prepared.name };
    await rename(prepared.swap, inside);
    expect(await bench.now(prepared)).toEqual(bench.after(prepared));
    await bench.fixture.engine.dropDatabaseById(
      { ...address, maintenanceDatabase: prepared.kept },
      { oid: prepared.old, database: prepared.kept },
      bench.fixture.context,
    );
    expect(await bench.ids(prepared.kept)).toEqual(new Map());
  });

  describe("refuses, with nothing changed and nobody thrown out,", () => {
    /** Why it was refused, and whether everything stayed as it was: names, and the session of a visitor. */
    const refusal = async (prepared: Prepared, { as = address, renames = prepared.swap } = {}) => {
      const visitor = await bench.session(prepared.name);
      const error: unknown = await rename(renames, as).catch((reason: unknown) => reason);
      const { code, params } = error as { code?: string; params?: object };
      const [row] = await visitor<{ still: number }[]>`select 1 as still`;
      const isSame = isDeepStrictEqual(await bench.now(prepared), bench.before(prepared));
      return { code, params, stays: row?.still === 1 && isSame };
    };

    it("another database under the name", async () => {
      const prepared = await bench.prepare();
      const [first, second] = prepared.swap;
      expect(await refusal(prepared, { renames: [{ ...first!, oid: first!.oid + 1 }, second!] })).toMatchObject({
        code: "target-changed",
        params: { database: prepared.name },
        stays: true,
      });
      expect(await refusal(prepared, { renames: [first!, { ...second!, oid: prepared.old }] })).toMatchObject({
        code: "target-changed",
        params: { database: prepared.sibling },
        stays: true,
      });
    });

    it("a name that is taken, or that belongs to PostgreSQL", async () => {
      const prepared = await bench.prepare();
      const taken = await bench.make();
      const [first, second] = prepared.swap;
      expect(await refusal(prepared, { renames: [{ ...first!, to: taken }, second!] })).toMatchObject({
        code: "target-exists",
        params: { database: taken },
        stays: true,
      });
      expect(await refusal(prepared, { renames: [{ ...first!, to: prepared.sibling }, second!] })).toMatchObject({
        code: "target-exists",
        params: { database: prepared.sibling },
        stays: true,
      });
      expect(await refusal(prepared, { renames: [{ ...first!, to: "x".repeat(64) }, second!] })).toMatchObject({
        code: "target-name-invalid",
        params: { why: "longer than 63 bytes" },
        stays: true,
      });
      expect(await refusal(prepared, { renames: [{ ...first!, to: "postgres" }, second!] })).toMatchObject({
        code: "target-name-invalid",
        params: { database: "postgres" },
        stays: true,
      });
    });

    it("a role that is not the owner, and one that may create no databases", async () => {
      const owner = await bench.role("", "owner");
      const stranger = await bench.role("createdb");
      const prepared = await bench.prepare(owner.name);
      expect(await refusal(prepared, { as: stranger.address })).toMatchObject({
        code: "target-not-owned",
        params: { database: prepared.name, owner: owner.name, user: stranger.name },
        stays: true,
      });
      expect(await refusal(prepared, { as: owner.address })).toMatchObject({
        code: "target-cannot-create",
        params: { user: owner.name },
        stays: true,
      });
    });

    it("prepared transactions", async () => {
      const prepared = await bench.prepare();
      const inside = await bench.session(prepared.name);
      await inside.unsafe(`begin; create table t (id int); prepare transaction '${prepared.name}'`);
      expect(await refusal(prepared)).toMatchObject({
        code: "target-has-prepared",
        params: { database: prepared.name, count: 1 },
        stays: true,
      });
      await inside.unsafe(`rollback prepared '${prepared.name}'`);
    });

    it("sessions that the role may not end", () =>
      countingSessions(server, async () => {
        const owner = await bench.role("createdb", "owner");
        const prepared = await bench.prepare(owner.name);
        expect(await refusal(prepared, { as: owner.address })).toMatchObject({
          code: "sessions-not-ended",
          params: { database: prepared.name, count: 1, who: `${server.superuser} (visitor)` },
          stays: true,
        });
      }));

    it("Lifeboat's own catalogue under any of the names, by its marker or where it lies", async () => {
      for (const side of ["name", "sibling"] as const) {
        const prepared = await bench.prepare();
        const inside = await bench.session(prepared[side]);
        await inside.unsafe("create schema lifeboat; create table lifeboat.installation (id text)");
        expect(await refusal(prepared)).toMatchObject({ code: "target-is-catalogue", params: { database: prepared[side] }, stays: true });
      }
      const prepared = await bench.prepare();
      const cataloguesAddress = { host: "127.0.0.1", port: server.port, database: prepared.name };
      const fixture = await engineFixture([server.binDir], { cataloguesAddress });
      await expect(fixture.engine.renameDatabases(address, prepared.swap, fixture.context)).rejects.toMatchObject({
        code: "target-is-catalogue",
      });
      await fixture.remove();
    });
  });

  it("ends other roles' sessions as a member of the owner that may signal backends", () =>
    countingSessions(server, async () => {
      const owner = await bench.role("", "owner");
      const app = await bench.role("", "app");
      const restorer = await bench.role(`createdb in role ${owner.name}, pg_signal_backend`, "restorer");
      const prepared = await bench.prepare(owner.name);
      const visitor = await bench.session(prepared.name, app.address);
      expect(await rename(prepared.swap, restorer.address)).toEqual({ sessionsEnded: 1 });
      expect(await bench.now(prepared)).toEqual(bench.after(prepared));
      // The visitor's pool comes back, and finds the new one.
      expect(
        await visitor`select oid::text from pg_database where datname = current_database()`.catch(
          () => visitor`select oid::text from pg_database where datname = current_database()`,
        ),
      ).toEqual([{ oid: String(prepared.fresh) }]);
    }));
}

describe("Renaming databases", () => {
  describeOn(15, suite);
  describeOn(17, suite);
});
