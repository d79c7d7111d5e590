import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createEmptyDatabase, describeOn, testServer, type TestServer } from "#lib/testing/postgres";
import { visitingDatabases } from "#lib/testing/server-visits";
import type { CheckStep, ServerAddress } from "../port.ts";
import {
  addressOf,
  engineFixture,
  restoreRequest,
  scriptedTools,
  snapshotRequest,
  writeSnapshot,
  type EngineFixture,
} from "./engine-fixture.ts";

async function check({ engine, context }: EngineFixture, address: ServerAddress) {
  const steps: CheckStep[] = [];
  const result = await engine.check(
    address,
    async (step) => {
      if (step.state !== "running") steps.push(step);
      return await Promise.resolve();
    },
    context,
  );
  return { ...result, steps, states: Object.fromEntries(steps.map((step) => [step.code, step.state])) };
}

const sessionsOf = async (server: TestServer, { context }: EngineFixture) => {
  const pattern = `${context.applicationName.slice(0, 50)}%`;
  const rows = await server.admin()`select 1 from pg_stat_activity where application_name like ${pattern}`;
  return rows.length;
};

describeOn(17, (server) => {
  it("refuses a server that is newer than every tool, before it starts one, naming versions and the cure", async () => {
    const old = testServer(15);
    const fixture = await engineFixture([old.binDir]);
    const source = await createEmptyDatabase(server);
    try {
      const refused = {
        code: "tool-too-old",
        params: {
          found: expect.stringMatching(/^15\./),
          needed: String(server.major),
          install: expect.stringContaining(`${server.major}`),
        },
      };
      const snapshot = fixture.engine.snapshot(snapshotRequest(addressOf(server), source.name), fixture.context);
      await expect(snapshot).rejects.toMatchObject(refused);
      await expect(fixture.engine.digestCopy(restoreRequest(addressOf(server), source.name), fixture.context)).rejects.toMatchObject(
        refused,
      );
      await expect.poll(() => sessionsOf(server, fixture)).toBe(0);
      const checked = await check(fixture, addressOf(server));
      expect(checked).toMatchObject({ failed: refused, states: { version: "done", tools: "failed", size: "skipped" } });
      const facts = await fixture.engine.inspectTarget(restoreRequest(addressOf(server), "x"), fixture.context);
      expect(facts).toMatchObject({ toolVersion: null });
    } finally {
      await source.drop();
      await fixture.remove();
    }
  });

  it("dumps an older server with newer tools when its own are missing", async () => {
    const fixture = await engineFixture([server.binDir]);
    const old = testServer(15);
    const source = await createEmptyDatabase(old);
    try {
      await source.sql`create table t as select i as id from generate_series(1, 10) i`;
      const snapshot = await fixture.engine.snapshot(snapshotRequest(addressOf(old), source.name), fixture.context);
      const result = await writeSnapshot(snapshot, join(fixture.context.workDir, "stream"));
      expect(result.tables).toMatchObject([{ table: "t", rows: 10 }]);
      expect(snapshot).toMatchObject({ serverVersion: expect.stringMatching(/^15\./), toolVersion: expect.stringMatching(/^17\./) });
    } finally {
      await source.drop();
      await fixture.remove();
    }
  });
});

describe("on any PostgreSQL", () => {
  const server = testServer(15);
  let fixture: EngineFixture;

  beforeEach(async () => {
    fixture = await engineFixture([server.binDir]);
  });
  afterEach(async () => {
    await fixture.remove();
  });

  it("says which tool is missing and what installs it", async () => {
    const without = await engineFixture([]);
    const missing = { code: "tool-missing", params: { tool: "pg_dump", major: String(server.major) } };
    await expect(without.engine.snapshot(snapshotRequest(addressOf(server), "postgres"), without.context)).rejects.toMatchObject(missing);
    expect(await check(without, addressOf(server))).toMatchObject({ failed: missing });
    await without.remove();
  });

  it("tells that a tool is below the safe minimum, in the run's log and in the check", async () => {
    const folder = await scriptedTools(server, join(fixture.context.workDir, "tools"), `exec REAL "$@"`, `${server.major}.1`);
    const below = await engineFixture([folder]);
    const snapshot = await below.engine.snapshot(snapshotRequest(addressOf(server), "postgres"), below.context);
    const result = await writeSnapshot(snapshot, join(fixture.context.workDir, "stream"));
    const note = expect.stringContaining(`${server.major}.1 have known holes`);
    expect(result.warnings).toEqual([]);
    expect(below.logged).toContainEqual(note);
    const { steps } = await visitingDatabases(server, () => check(below, addressOf(server)));
    expect(steps.find((step) => step.code === "tools")?.facts).toMatchObject({ version: `${server.major}.1`, belowSafeMinimum: true });
    await below.remove();
  });

  it("tests a connection step by step", async () => {
    const checked = await visitingDatabases(server, () => check(fixture, addressOf(server)));
    expect(checked.failed).toBeNull();
    expect(Object.values(checked.states)).toEqual(Array.from({ length: 9 }, () => "done"));
    const order = ["resolve", "connect", "tls", "sign-in", "version", "privileges", "tools", "size", "databases"];
    expect(checked.steps.map((step) => step.code)).toEqual(order);
    expect(checked.databases.find((database) => database.name === "postgres")).toMatchObject({
      encoding: "UTF8",
      owner: server.superuser,
      connectable: true,
      isCatalogue: false,
      sizeBytes: expect.any(Number),
    });
    expect(checked.databases.some((database) => database.isCatalogue)).toBe(true);
  });

  it.each([
    ["-x", "address-invalid"],
    ["127.0.0.1,evil.example", "address-invalid"],
    // A socket's folder is a sandbox's; nobody types one, and any that is not our own is refused.
    ["/var/run/postgresql", "address-invalid", "address-forbidden"],
    ["@abstract", "address-invalid"],
    ["127.0.0.1?sslmode=disable", "address-invalid"],
    ["127.0.0.1 sslmode=disable", "address-invalid"],
    ["host=127.0.0.1", "address-invalid"],
    ["0x7f.1", "address-invalid"],
    ["[::1]", "address-invalid"],
    ["169.254.169.254", "address-forbidden"],
    ["::ffff:169.254.169.254", "address-forbidden"],
    ["fe80::1", "address-forbidden"],
    ["metadata.google.internal", "address-forbidden"],
    ["", "address-invalid"],
  ])("refuses the host %j before anything is resolved or connected", async (host, code, snapshotCode = code) => {
    const checked = await check(fixture, addressOf(server, { host }));
    expect(checked).toMatchObject({ failed: { code }, states: { resolve: "failed", connect: "skipped", "sign-in": "skipped" } });
    await expect(fixture.engine.snapshot(snapshotRequest(addressOf(server, { host }), "x"), fixture.context)).rejects.toMatchObject({
      code: snapshotCode,
    });
  });

  it.each(["postgres sslmode=disable", "dbname=postgres sslmode=disable", "postgresql:///postgres?sslmode=disable", "service=evil"])(
    "keeps the TLS mode whatever another field says: %j",
    async (text) => {
      for (const changes of [{ maintenanceDatabase: text }, { username: text }]) {
        const checked = await check(fixture, addressOf(server, { tlsMode: "require", ...changes }));
        expect(checked).toMatchObject({ failed: { code: "tls-not-offered" }, states: { tls: "failed", "sign-in": "skipped" } });
        // Without TLS they are but names that nobody has.
        const plain = await check(fixture, addressOf(server, { tlsMode: "disable", ...changes }));
        expect(plain.failed).toMatchObject({ code: "maintenanceDatabase" in changes ? "database-missing" : "password-wrong" });
      }
    },
  );

  it("names the step that fails and why", async () => {
    const failing = async (changes: Partial<ServerAddress>) => await check(fixture, addressOf(server, changes));
    expect(await failing({ password: "canary-wrong-pw" })).toMatchObject({
      failed: { code: "password-wrong" },
      states: { "sign-in": "failed" },
    });
    expect(await failing({ port: 1 })).toMatchObject({ failed: { code: "connection-refused" }, states: { connect: "failed" } });
    expect(await failing({ host: "nowhere.invalid" })).toMatchObject({ failed: { code: "host-unknown" }, states: { resolve: "failed" } });
    expect(JSON.stringify(fixture.logged)).not.toContain("canary-wrong-pw");
  });
});
