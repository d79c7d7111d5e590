import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createEmptyDatabase, describeOn, type TestDatabase, type TestServer } from "#lib/testing/postgres";
import { visitingDatabases } from "#lib/testing/server-visits";
import {
  addressOf,
  engineFixture,
  restoreRequest,
  snapshotRequest,
  scriptedTools,
  writeSnapshot,
  type EngineFixture,
} from "./engine-fixture.ts";

/** Command lines of all processes, as any user of the machine sees them. */
async function commandLines(): Promise<string> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map(async (pid) => await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
  return lines.join("\n").replaceAll("\0", " ");
}

/** Environments of all processes but this one. */
async function environments(): Promise<string> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const texts = await Promise.all(pids.map(async (pid) => await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "")));
  return texts.join("\n").replaceAll("\0", " ");
}

/** A callback that acts at its first call only. */
function once(act: () => Promise<unknown> | void): () => Promise<void> {
  let done = false;
  return async () => {
    if (done) return;
    done = true;
    await act();
  };
}

function suite(server: TestServer) {
  let fixture: EngineFixture;
  let source: TestDatabase;

  beforeEach(async () => {
    fixture = await engineFixture([server.binDir]);
    source = await createEmptyDatabase(server);
    await source.sql`create table big as select i as id, repeat(md5(i::text), 8) as text from generate_series(1, 60000) i`;
  });
  afterEach(async () => {
    await source.drop();
    await fixture.remove();
  });

  const path = () => join(fixture.context.workDir, "stream");
  const open = async (changes = {}, address = addressOf(server)) =>
    await fixture.engine.snapshot(snapshotRequest(address, source.name, changes), fixture.context);
  const backends = async () => {
    const rows =
      await server.admin()`select 1 from pg_stat_activity where application_name like ${`${fixture.context.applicationName.slice(0, 50)}%`}`;
    return rows.length;
  };
  const dumpPid = async () => {
    for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
      const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
      if (environment.includes(`PGAPPNAME=${fixture.context.applicationName}`)) return Number(pid);
    }
    throw new Error("no pg_dump is running");
  };

  it.each([0, 25, 50, 75])(
    "fails with the signal when pg_dump is killed at %i percent, and leaves nothing on the server",
    async (percent) => {
      const snapshot = await open();
      const whole = 60_000 * 270;
      let killed = false;
      const pid = await dumpPid();
      const strike = (bytes: number) => {
        if (killed || bytes < (whole * percent) / 100) return;
        killed = true;
        process.kill(pid, "SIGKILL");
      };
      strike(0);
      await expect(writeSnapshot(snapshot, path(), strike)).rejects.toMatchObject({ code: "tool-killed", params: { signal: "SIGKILL" } });
      await expect.poll(backends).toBe(0);
    },
  );

  it("fails at once when the server ends the session", async () => {
    const snapshot = await open();
    const { applicationName } = fixture.context;
    const end = once(
      async () => await server.admin()`select pg_terminate_backend(pid) from pg_stat_activity where application_name = ${applicationName}`,
    );
    await expect(writeSnapshot(snapshot, path(), end)).rejects.toMatchObject({ code: "connection-lost" });
  });

  it("ends everything when the run is cancelled and throws the signal's reason", async () => {
    const snapshot = await open();
    const reason = new Error("cancelled by a person");
    await expect(writeSnapshot(snapshot, path(), () => fixture.abort.abort(reason))).rejects.toBe(reason);
    await expect.poll(backends).toBe(0);
  });

  it("names the table that the role may not read, before anything starts", async () => {
    const role = `r_${source.name}`;
    const admin = server.admin();
    await admin.unsafe(`create role "${role}" login password 'canary-role-pw'`);
    try {
      await source.sql.unsafe(`create table "secret one" (id int); create table fine (id int); grant select on fine, big to "${role}"`);
      const address = addressOf(server, { username: role, password: "canary-role-pw" });
      await expect(open({}, address)).rejects.toMatchObject({
        code: "privilege-missing",
        params: { objects: "public.secret one", count: 1 },
      });
      const without = await open({ excludedTables: [{ schema: "public", table: "secret one" }] }, address);
      const result = await writeSnapshot(without, path());
      expect(result.tables.map(({ table, excluded }) => [table, excluded])).toEqual([
        ["big", false],
        ["fine", false],
        ["secret one", true],
      ]);
    } finally {
      await source.sql.unsafe(`drop owned by "${role}"`);
      await admin.unsafe(`drop role "${role}"`);
    }
  });

  it("names the table that stays locked", async () => {
    const locker = await source.sql.reserve();
    await locker`begin`;
    await locker`lock table big in access exclusive mode`;
    try {
      await expect(open({ lockWaitSeconds: 1 }).then(async (snapshot) => await writeSnapshot(snapshot, path()))).rejects.toMatchObject({
        code: "table-locked",
        params: { table: expect.stringContaining("big") },
      });
    } finally {
      await locker`rollback`;
      locker.release();
    }
  });

  it("tells wrong password, unknown database, unknown host and refused port apart", async () => {
    await expect(open({}, addressOf(server, { password: "canary-wrong-pw" }))).rejects.toMatchObject({ code: "password-wrong" });
    await expect(open({ database: "no such database" })).rejects.toMatchObject({ code: "database-missing" });
    await expect(open({}, addressOf(server, { host: "nowhere.invalid" }))).rejects.toMatchObject({ code: "host-unknown" });
    await expect(open({}, addressOf(server, { port: 1 }))).rejects.toMatchObject({ code: "connection-refused" });
    await expect(open({}, addressOf(server, { tlsMode: "require" }))).rejects.toMatchObject({ code: "tls-not-offered" });
    await expect(open({}, addressOf(server, { host: "169.254.169.254" }))).rejects.toMatchObject({ code: "address-forbidden" });
  });

  it("says when the database is dropped under it", async () => {
    const snapshot = await open();
    const drop = once(async () => await server.admin().unsafe(`drop database "${source.name}" with (force)`));
    await expect(writeSnapshot(snapshot, path(), drop)).rejects.toMatchObject({
      code: expect.stringMatching(/^(database-dropped|connection-lost)$/),
    });
  });

  /** A folder of tools whose pg_dump injects one fault around the real one. */
  const toolsWith = async (script: string) =>
    await engineFixture([await scriptedTools(server, join(fixture.context.workDir, "tools"), script)]);

  it("fails with the signal when pg_dump is killed at 99 percent, with all but its last bytes already on the way", async () => {
    const script = `REAL "$@" > "$0.out"; size=$(wc -c < "$0.out"); head -c $((size * 99 / 100)) "$0.out"; kill -KILL $$`;
    const faulty = await toolsWith(script);
    const snapshot = await faulty.engine.snapshot(snapshotRequest(addressOf(server), source.name), faulty.context);
    await expect(writeSnapshot(snapshot, path())).rejects.toMatchObject({ code: "tool-killed", params: { signal: "SIGKILL" } });
    await faulty.remove();
  });

  it.each([
    ["exits 0 without a byte", "exit 0", "tool-empty-output"],
    ["exits 1 after all bytes", `REAL "$@"; exit 1`, "tool-failed"],
    ["exits 0 after a cut", `REAL "$@" | head -c 100000; exit 0`, "stream-cut"],
  ])("fails when pg_dump %s", async (_, script, code) => {
    const faulty = await toolsWith(script);
    const snapshot = await faulty.engine.snapshot(snapshotRequest(addressOf(server), source.name), faulty.context);
    await expect(writeSnapshot(snapshot, path())).rejects.toMatchObject({ code });
    await faulty.remove();
  });

  it("keeps what pg_dump warned of when it exits 0", async () => {
    const warning = await toolsWith(`echo "pg_dump: warning: odd thing" >&2; exec REAL "$@"`);
    const snapshot = await warning.engine.snapshot(snapshotRequest(addressOf(server), source.name), warning.context);
    expect((await writeSnapshot(snapshot, path())).warnings).toContain("pg_dump: warning: odd thing");
    await warning.remove();
  });

  // Slow, because it reads every process again and again; what it looks at does not differ between versions.
  it.each(server.major < 17 ? [[]] : [])(
    "never shows a password in a command line, an environment, a log, a result or an error, whatever fails",
    async () => {
      const canary = "canary-27-pässword:\\'\"";
      const role = `r_${source.name}`;
      const quoted = `'${canary.replaceAll("'", "''")}'`;
      await source.sql.unsafe(`set standard_conforming_strings = on; create role "${role}" login superuser password ${quoted}`);
      const address = addressOf(server, { username: role, password: canary });
      const copy = `${source.name}_copy`;
      const { engine, context } = fixture;
      const seen: unknown[] = [];
      const processes = async () => seen.push(await commandLines(), await environments());
      const attempt = async (work: () => Promise<unknown>) => {
        const result = await work().catch((error: unknown) => error);
        await processes();
        seen.push(result);
        return result;
      };
      try {
        const snapshot = await open({}, address);
        await processes();
        expect(await attempt(async () => await writeSnapshot(snapshot, path()))).toHaveProperty("tables");
        const lost = await open({}, address);
        const pid = await dumpPid();
        const cut = once(() => void process.kill(pid, "SIGKILL"));
        expect(await attempt(async () => await writeSnapshot(lost, `${path()}.cut`, cut))).toMatchObject({ code: "tool-killed" });
        const request = restoreRequest(address, copy);
        await attempt(async () => await engine.createDatabase(request, context));
        expect(await attempt(async () => await engine.createDatabase(request, context))).toMatchObject({ code: "target-exists" });
        const loading = engine.load(path(), request, () => undefined, context);
        await processes();
        expect(await attempt(async () => await loading)).toMatchObject({ errors: [] });
        expect(await attempt(async () => await engine.load(path(), request, () => undefined, context))).toMatchObject({ exitCode: 1 });
        expect(await attempt(async () => await engine.load(`${path()}.cut`, request, () => undefined, context))).toBeDefined();
        await attempt(async () => await engine.dropDatabase(request, context));
        const onStep = async (step: unknown) => await Promise.resolve(void seen.push(step));
        for (const changes of [{}, { password: `${canary}x` }, { tlsMode: "require" as const }]) {
          await attempt(
            async () => await visitingDatabases(server, async () => await engine.check({ ...address, ...changes }, onStep, context)),
          );
        }
      } finally {
        await engine.dropDatabase(restoreRequest(addressOf(server), copy), context);
        await source.sql.unsafe(`drop role "${role}"`);
      }
      const text = [...fixture.logged, ...seen.map((item) => (typeof item === "string" ? item : inspect(item, { depth: 20 })))].join("\n");
      expect(text).toContain("pg_dump");
      expect(text.match(/.{0,60}canary-27.{0,20}/g)).toBeNull();
    },
  );

  it("refuses a catalogue of Lifeboat as target, for loading and for removing", async () => {
    await source.sql.unsafe("create schema lifeboat; create table lifeboat.installation (id text)");
    const request = restoreRequest(addressOf(server), source.name);
    for (const verb of ["createDatabase", "dropDatabase"] as const) {
      await expect(fixture.engine[verb](request, fixture.context)).rejects.toMatchObject({ code: "target-is-catalogue" });
    }
    await expect(fixture.engine.load(path(), request, () => undefined, fixture.context)).rejects.toMatchObject({
      code: "target-is-catalogue",
    });
  });
}

describeOn(15, suite);
describeOn(17, suite);
