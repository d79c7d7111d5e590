import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { join } from "node:path";
import type postgres from "postgres";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createEmptyDatabase, describeOn, type TestDatabase, type TestServer } from "#lib/testing/postgres";
import { pinAddress } from "./address.ts";
import { closeSql, openSql, reserveSession } from "./connection.ts";
import { indexStructure } from "./copy-indexes.ts";
import { copyOrphans } from "./copy-orphans.ts";
import { addressOf, engineFixture, scriptedTools, snapshotRequest, type EngineFixture } from "./engine-fixture.ts";
import { helperName } from "./session-name.ts";

const schema = `
  create table parents (id int primary key);
  create table children (id int primary key references parents);
  create table alembic_version (version_num text);
  insert into alembic_version values ('a1');
`;

function suite(server: TestServer) {
  let fixture: EngineFixture;
  let database: TestDatabase;
  const sockets: Socket[] = [];
  const uncaught: unknown[] = [];
  const noteSocket = (message: unknown) => void sockets.push((message as { socket: Socket }).socket);
  const noteError = (error: unknown) => void uncaught.push(error);

  beforeEach(async () => {
    fixture = await engineFixture([server.binDir]);
    database = await createEmptyDatabase(server);
    await database.sql.unsafe(schema).simple();
    subscribe("net.client.socket", noteSocket);
    process.on("uncaughtExceptionMonitor", noteError);
  });
  afterEach(async () => {
    process.off("uncaughtExceptionMonitor", noteError);
    unsubscribe("net.client.socket", noteSocket);
    await database.drop();
    await fixture.remove();
    expect(uncaught.splice(0)).toEqual([]);
  });

  const nameOf = (helper: "snapshot" | "look") => helperName(fixture.context.applicationName, helper);

  /** Ends an idle session of that name, and waits until its client has seen it. */
  async function endIdle(name: string): Promise<void> {
    const [found] = await server.admin()<{ pid: number; port: number }[]>`
      select pid, client_port as port from pg_stat_activity where application_name = ${name}`;
    const socket = sockets.find(({ localPort }) => localPort === found?.port);
    if (found === undefined || socket === undefined) throw new Error(`no session is called ${name}`);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    await server.admin()`select pg_terminate_backend(${found.pid})`;
    await closed;
  }

  /** Holds a table, and ends the session of that name when it waits for it: that statement fails, and what follows finds no session. */
  async function endWaiting(table: string, name: string, work: () => Promise<unknown>): Promise<unknown> {
    const holder = await database.sql.reserve();
    await holder.unsafe(`begin; lock table ${table} in access exclusive mode`);
    try {
      const outcome = work().catch((error: unknown) => error);
      const waiting = async () =>
        (
          await server.admin()<{ pid: number }[]>`
            select pid from pg_stat_activity where application_name = ${name} and wait_event_type = 'Lock' and wait_event = 'relation'`
        ).length;
      await expect.poll(waiting).toBe(1);
      await server.admin()`select pg_terminate_backend(pid) from pg_stat_activity where application_name = ${name}`;
      return await outcome;
    } finally {
      await holder`rollback`;
      holder.release();
    }
  }

  describe("a session of its own that the server ended", () => {
    let sql: postgres.Sql;
    beforeEach(async () => {
      const address = await pinAddress(addressOf(server, { tlsMode: "disable" }));
      sql = openSql(address, database.name, nameOf("look"));
      await sql`select 1`;
    });
    afterEach(() => closeSql(sql, 0));

    it.each([
      ["a template", (session: postgres.ReservedSql) => session`rollback to savepoint estimate`],
      ["a text", (session: postgres.ReservedSql) => session.unsafe("rollback")],
      ["parameters", (session: postgres.ReservedSql) => session`select ${"some"}::text`],
      ["more than the client collects", (session: postgres.ReservedSql) => session.unsafe(`select '${"x".repeat(2000)}'`)],
    ])("fails what is asked of it as %s, again and again", async (_, ask) => {
      const session = await reserveSession(sql);
      await session`begin`;
      await session`savepoint estimate`;
      // Made before, asked after: a statement is sent when somebody waits for it.
      const made = ask(session);
      await endIdle(nameOf("look"));
      await expect(made).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
      await expect(ask(session)).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
      await expect(ask(session)).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
      session.release();
    });

    it("is not exchanged for the one that the client opens after it, and does not harm that one when it is let go", async () => {
      const pid = async (asked: postgres.Sql) => (await asked<{ pid: number }[]>`select pg_backend_pid() as pid`)[0]?.pid;
      const session = await reserveSession(sql);
      const lost = await pid(session);
      await endIdle(nameOf("look"));
      const next = await pid(sql);
      expect(next).not.toBe(lost);
      await expect(pid(session)).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
      session.release();
      expect(await pid(sql)).toBe(next);
      const again = await reserveSession(sql);
      expect(await pid(again)).toBe(next);
      again.release();
    });
  });

  it("fails a backup as a lost connection when it ends while the migrations' table is read", async () => {
    const request = snapshotRequest(addressOf(server), database.name);
    const open = () => fixture.engine.snapshot(request, fixture.context);
    expect(await endWaiting("alembic_version", nameOf("snapshot"), open)).toMatchObject({ code: "connection-lost" });
  });

  it("fails a backup as a lost connection when it ends before the rows are counted in it", async () => {
    const script = `REAL "$@" > "$0.out"; printf 'PGDMP\\001\\021'; tail -c +8 "$0.out"`;
    const newer = await engineFixture([await scriptedTools(server, join(fixture.context.workDir, "tools"), script)]);
    const snapshot = await newer.engine.snapshot(snapshotRequest(addressOf(server), database.name), newer.context);
    try {
      for await (const chunk of snapshot.chunks()) void chunk;
      await endIdle(helperName(newer.context.applicationName, "snapshot"));
      await expect(snapshot.finish()).rejects.toMatchObject({ code: "connection-lost" });
    } finally {
      await snapshot.close();
      await newer.remove();
    }
  });

  it.each([
    ["indexes are looked at", indexStructure],
    ["orphans are counted", copyOrphans],
  ])("fails a check of a copy as a lost connection when it ends while %s", async (_, check) => {
    const target = { address: addressOf(server), database: database.name };
    const ended = await endWaiting("children", nameOf("look"), () => check(target, fixture.context));
    expect(ended).toMatchObject({ code: "connection-lost" });
  });
}

// What is judged here does not differ between versions.
describeOn(15, suite);
