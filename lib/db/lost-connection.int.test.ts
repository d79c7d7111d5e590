import { sql } from "drizzle-orm";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { type Catalogue, openCatalogue } from "./client.ts";

let test: TestCatalogue;
let catalogue: Catalogue;
const uncaught: unknown[] = [];
const note = (error: unknown) => void uncaught.push(error);

beforeAll(async () => {
  test = await createCatalogue();
});
beforeEach(() => {
  catalogue = openCatalogue(test.url, { applicationName: "lost", max: 1 });
  process.on("uncaughtExceptionMonitor", note);
});
afterEach(async () => {
  process.off("uncaughtExceptionMonitor", note);
  await catalogue.close();
});
afterAll(() => test.drop());

/** Ends the session that asks, and waits until this process has seen its connection close. */
async function endSession(pid: number): Promise<void> {
  await test.catalogue.sql`select pg_terminate_backend(${pid})`;
  await expect.poll(async () => (await test.catalogue.sql`select 1 from pg_stat_activity where pid = ${pid}`).length).toBe(0);
  // The end of the session has been sent; one whole turn of the event loop takes it in.
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(0);
  await once(port2, "message");
  port1.close();
}

const pidOf = async (tx: { execute: Catalogue["db"]["execute"] }) => {
  const [row] = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
  return row?.pid ?? 0;
};

describe("a connection that is lost in the middle of a transaction", () => {
  it.each([
    ["which goes on as if nothing was", async (tx: Catalogue["db"]) => void (await tx.execute(sql`select 1`))],
    [
      "which catches the error and asks again",
      async (tx: Catalogue["db"]) => {
        await tx.execute(sql`select 1`).catch(() => undefined);
        await tx.execute(sql`select 2`);
      },
    ],
    ["which fails by itself then", () => Promise.reject(new Error("of its own"))],
    ["which is done then", () => Promise.resolve()],
    ["which has a savepoint", async (tx: Catalogue["db"]) => tx.transaction(async (inner) => void (await inner.execute(sql`select 1`)))],
  ])("fails the transaction %s, and the next one works", async (_name, then) => {
    const broken = catalogue.db.transaction(async (tx) => {
      await endSession(await pidOf(tx));
      await then(tx);
    });
    await expect(broken).rejects.toBeInstanceOf(Error);
    expect(await catalogue.db.transaction(async (tx) => await pidOf(tx))).toBeGreaterThan(0);
    expect(await catalogue.db.transaction(async (tx) => await pidOf(tx))).toBeGreaterThan(0);
    expect(uncaught).toEqual([]);
  });

  it.each([
    ["which goes on as if nothing was", async (inner: Catalogue["db"]) => void (await inner.execute(sql`select 1`))],
    ["which fails by itself then", () => Promise.reject(new Error("of its own"))],
    ["which is done then", () => Promise.resolve()],
  ])("fails the transaction of a savepoint %s, and the next one works", async (_name, then) => {
    const broken = catalogue.db.transaction(async (tx) => {
      await tx.transaction(async (inner) => {
        await endSession(await pidOf(inner));
        await then(inner);
      });
    });
    await expect(broken).rejects.toBeInstanceOf(Error);
    expect(await catalogue.db.transaction(async (tx) => await pidOf(tx))).toBeGreaterThan(0);
    expect(uncaught).toEqual([]);
  });

  it("tells what is outside a savepoint when it is lost while a statement in it waits for its answer", async () => {
    const heard: unknown[] = [];
    const broken = catalogue.db.transaction(async (tx) => {
      const pid = await pidOf(tx);
      const asked = tx.transaction(async (inner) => void (await inner.execute(sql`select pg_sleep(60)`)));
      asked.catch((error: unknown) => heard.push(error));
      const sleeping = async () =>
        (await test.catalogue.sql`select 1 from pg_stat_activity where pid = ${pid} and wait_event = 'PgSleep'`).length;
      await expect.poll(sleeping).toBe(1);
      await endSession(pid);
      await asked.catch(() => undefined);
      await tx.execute(sql`select 2`);
    });
    await expect(broken).rejects.toBeInstanceOf(Error);
    await expect.poll(() => heard).toHaveLength(1);
    // The client tells the first statement of the next session what ended the last one, once.
    await expect.poll(() => catalogue.db.transaction(async (tx) => await pidOf(tx))).toBeGreaterThan(0);
    expect(uncaught).toEqual([]);
  });

  it("does not make a failure of the work itself look like one of the connection", async () => {
    await expect(catalogue.db.transaction(() => Promise.reject(new Error("of its own")))).rejects.toThrow("of its own");
    await expect(catalogue.db.transaction(async (tx) => tx.execute(sql`select 1 / 0`))).rejects.toMatchObject({ cause: { code: "22012" } });
    expect(await catalogue.db.transaction(async (tx) => await pidOf(tx))).toBeGreaterThan(0);
  });
});

describe("a connection that is lost while a statement waits to be written", () => {
  /** The client collects small statements until the end of a turn of the event loop; what it held then must not outlive the connection. */
  it.each([
    ["closes", undefined],
    ["is reset", Object.assign(new Error("reset"), { code: "ECONNRESET" })],
  ])("fails that statement when it %s, and the next one gets through", async (_how, reason) => {
    const { hostname, port } = new URL(test.url);
    let socket: Socket | undefined;
    const open = () => (socket = connect(Number(port), hostname));
    // `socket` is an option of the client that its types leave out.
    const client = postgres(test.url, { max: 1, connect_timeout: 5, onnotice: () => undefined, socket: open } as postgres.Options<never>);
    try {
      for (let loss = 0; loss < 2; loss += 1) {
        expect(await client`select 1 as one`).toEqual([{ one: 1 }]);
        socket?.destroy(reason);
        // In this phase of the turn the client does not know yet: what it is given now waits for the next one, and the end comes first.
        await nextTurn();
        await expect(client`select 2 as two`).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
      }
      expect(await client`select 3 as three`).toEqual([{ three: 3 }]);
    } finally {
      await client.end({ timeout: 1 });
    }
  });
});
