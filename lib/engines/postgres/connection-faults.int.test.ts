import { join } from "node:path";
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { LifeboatError } from "#lib/domain/error";
import { createEmptyDatabase, describeOn, type TestDatabase, type TestServer } from "#lib/testing/postgres";
import { pinAddress } from "./address.ts";
import { closeSql, openSql } from "./connection.ts";
import { addressOf, engineFixture, restoreRequest, snapshotRequest, writeSnapshot, type EngineFixture } from "./engine-fixture.ts";
import { faultyProxy, type FaultyProxy } from "./proxy-fixture.ts";
import { StallWatch } from "./stall-watch.ts";
import { withSql } from "./with-sql.ts";

const stallMs = 700;
/** A look that is answered may take its time on a busy machine; one that never is may not. */
const lookMs = { refused: 15_000, silent: 2_000, served: 15_000 };

function suite(server: TestServer) {
  let fixture: EngineFixture;
  let source: TestDatabase;
  let proxy: FaultyProxy;

  beforeEach(async () => {
    fixture = await engineFixture([server.binDir], { stallMs, lookMs: lookMs.served });
    source = await createEmptyDatabase(server);
    await source.sql`create table big as select i as id, repeat(md5(i::text), 8) as text from generate_series(1, 60000) i`;
    proxy = await faultyProxy(server);
  });
  afterEach(async () => {
    await proxy.close();
    await source.drop();
    await fixture.remove();
  });

  const path = () => join(fixture.context.workDir, "stream");
  const backends = async () => {
    const name = `${fixture.context.applicationName.slice(0, 54)}%`;
    return (await server.admin()`select 1 from pg_stat_activity where application_name like ${name}`).length;
  };
  const throughProxy = () => addressOf(server, { port: proxy.port, tlsMode: "disable" });

  it.each([
    ["refuses new ones", "refused", "connection-lost", 2],
    ["answers no new ones", "silent", "connection-lost", 2],
    ["serves new ones", "served", "server-stalled", 4],
  ] as const)("finds a connection that went silent in the middle of a dump, where the network %s", async (_, newOnes, code, mostLooks) => {
    const watched = await engineFixture([server.binDir], { stallMs, lookMs: lookMs[newOnes] });
    onTestFinished(watched.remove);
    const snapshot = await watched.engine.snapshot(snapshotRequest(throughProxy(), source.name), watched.context);
    const check = vi.spyOn(StallWatch.prototype, "check");
    onTestFinished(() => check.mockRestore());
    const silence = () => {
      proxy.silence(newOnes);
      check.mockClear();
    };
    await expect(writeSnapshot(snapshot, path(), silence)).rejects.toMatchObject({ code });
    // The first look remembers and the third one decides, but where the server was still at work at the second.
    expect(check.mock.calls.length).toBeLessThanOrEqual(mostLooks);
  });

  it("fails at once when the connection is reset", async () => {
    const snapshot = await fixture.engine.snapshot(snapshotRequest(throughProxy(), source.name), fixture.context);
    await expect(writeSnapshot(snapshot, path(), proxy.reset)).rejects.toMatchObject({ code: "connection-lost" });
  });

  it("believes a silent server that is at work", async () => {
    const address = await pinAddress(throughProxy());
    const slept = withSql(
      address,
      source.name,
      fixture.context.applicationName,
      async (sql) => await sql`select 1 as id from pg_sleep(4)`,
      { silenceMs: stallMs, lookMs: lookMs.served },
    );
    await expect(slept).resolves.toEqual([{ id: 1 }]);
  });

  it.each(["refused", "silent", "served"] as const)("gives up a SQL session that went silent (new ones: %s)", async (newOnes) => {
    const address = await pinAddress(throughProxy());
    const lost = withSql(
      address,
      source.name,
      fixture.context.applicationName,
      async (sql) => {
        await sql`select 1`;
        proxy.silence(newOnes);
        return await sql`select 2`;
      },
      { silenceMs: stallMs, lookMs: lookMs[newOnes] },
    );
    await expect(lost).rejects.toMatchObject({ code: newOnes === "served" ? "server-stalled" : "connection-lost" });
  });

  it("opens no session for what is asked for while it is being closed", async () => {
    const sql = openSql(await pinAddress(addressOf(server)), source.name, fixture.context.applicationName);
    const asked = Promise.allSettled([sql`select 1`.then(async () => await sql.reserve())]);
    await closeSql(sql, 1);
    expect(await asked).toMatchObject([{ status: "rejected", reason: { message: expect.stringContaining("closed") as string } }]);
    await expect.poll(backends).toBe(0);
  });

  it("leaves no session behind when it is aborted while it connects", async () => {
    const aborted = fixture.engine.snapshot(snapshotRequest(addressOf(server), source.name), fixture.context);
    fixture.abort.abort(new LifeboatError("run-cancelled"));
    await expect(aborted).rejects.toMatchObject({ code: "run-cancelled" });
    // A whole one meanwhile: what the first one left connects late, if at all.
    const context = { ...fixture.context, signal: new AbortController().signal };
    await writeSnapshot(await fixture.engine.snapshot(snapshotRequest(addressOf(server), source.name), context), path());
    await expect.poll(backends).toBe(0);
  });

  it("finds a connection that went silent in the middle of a load, and ends pg_restore", async () => {
    const direct = await fixture.engine.snapshot(snapshotRequest(addressOf(server), source.name), fixture.context);
    await writeSnapshot(direct, path());
    const copy = `${source.name}_copy`;
    const request = restoreRequest(throughProxy(), copy);
    await fixture.engine.createDatabase(request, fixture.context);
    try {
      const loading = fixture.engine.load(path(), request, () => proxy.silence("refused"), fixture.context);
      await expect(loading).rejects.toMatchObject({ code: "connection-lost" });
    } finally {
      await fixture.engine.dropDatabase(restoreRequest(addressOf(server), copy), fixture.context);
    }
  });
}

// What is judged here does not differ between versions.
describeOn(15, suite);
