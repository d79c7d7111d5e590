import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { and, eq, inArray, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { alerts } from "#lib/db/schema/alerts";
import { deliveries } from "#lib/db/schema/deliveries";
import { events } from "#lib/db/schema/events";
import { createNotifier } from "#lib/notify/notifier";
import type { Notifier, Outgoing } from "#lib/notify/port";
import { insertSource } from "#lib/testing/catalogue-rows";
import type { TestContext } from "#lib/testing/context";
import type { DyingSenderConfig } from "#lib/testing/dying-sender";
import { createMessageKit, type MessageKit } from "#lib/testing/message-kit";
import { quietLogger } from "#lib/testing/quiet-logger";
import { type HttpReceiver, startHttpReceiver, startMailServer } from "#lib/testing/receivers";
import { openAlert, resolveAlert } from "./alerts.ts";
import { dispatchAll, dispatchEvents } from "./dispatch.ts";
import { createSender } from "./sender.ts";

const key = randomBytes(32);
let kit: MessageKit;
let context: TestContext;
let serverId: string;
let receiver: HttpReceiver;
const addChannel: MessageKit["addChannel"] = (...args) => kit.addChannel(...args);
const sendAll: MessageKit["sendAll"] = (...args) => kit.sendAll(...args);
const outbox: MessageKit["outbox"] = (...args) => kit.outbox(...args);
const failedBackup: MessageKit["failedBackup"] = (...args) => kit.failedBackup(...args);

beforeAll(async () => {
  kit = await createMessageKit(key);
  ({ context, serverId, receiver } = kit);
});
afterAll(() => kit.close());
beforeEach(() => kit.reset());

describe("a storm", () => {
  it("of 200 failures of 20 sources within a minute is one message", async () => {
    await addChannel({ config: { type: "slack" } });
    const sourceIds: string[] = [];
    for (let n = 0; n < 20; n += 1) sourceIds.push(await insertSource(context.db, serverId));
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(sourceIds.map(failedBackup));
      await dispatchAll(context, quietLogger);
      await sendAll({ gatherMs: 60_000 });
    }
    expect(receiver.requests).toHaveLength(1);
    expect(receiver.requests[0]?.body).toContain("20 messages");
    const open = await context.db
      .select()
      .from(alerts)
      .where(and(inArray(alerts.sourceId, sourceIds), sql`resolved_at is null`));
    expect(open.map(({ count }) => count)).toEqual(sourceIds.map(() => 10));
    expect(await outbox()).toHaveLength(20);
  });
});

describe("two dispatchers", () => {
  it("hand each change on once, in order", async () => {
    await addChannel({ config: { type: "webhook", stateChanges: true } });
    const sourceId = await insertSource(context.db, serverId);
    for (let n = 0; n < 15; n += 1) await failedBackup(sourceId);
    await Promise.all(Array.from({ length: 6 }, () => dispatchEvents(context, quietLogger)));
    await dispatchAll(context, quietLogger);
    expect(await context.db.$count(events, sql`handled_at is null`)).toBe(0);
    const told = await outbox(eq(deliveries.kind, "event"));
    expect(told).toHaveLength(15);
    await sendAll();
    const ids = receiver.requests
      .filter(({ headers }) => headers["lifeboat-event"] === "run.failed")
      .map(({ body }) => Number(/"evt_(\d+)"/.exec(body)?.[1]));
    expect(ids).toHaveLength(15);
    expect(ids).toEqual(ids.toSorted((left, right) => left - right));
  });

  it("pass over what cannot be handled, and the rest arrives", async () => {
    await addChannel({ config: { type: "slack" } });
    const sourceId = await insertSource(context.db, serverId);
    await context.db.execute(
      sql`insert into lifeboat.events (at, type, source_id, subject_id, payload) values (now(), 'run.failed', ${sourceId}, 'x', 'null')`,
    );
    await failedBackup(sourceId);
    await dispatchAll(context, quietLogger);
    expect((await outbox()).map(({ code }) => code)).toEqual(["backup-failed"]);
  });
});

describe("a clock that was a year ahead", () => {
  it("holds no channel back: what it put off, or somebody took then, is due", async () => {
    await addChannel({ config: { type: "webhook", stateChanges: false } });
    const ids = [
      await insertSource(context.db, serverId),
      await insertSource(context.db, serverId),
      await insertSource(context.db, serverId),
    ];
    for (const id of ids) await failedBackup(id);
    await dispatchAll(context, quietLogger);
    const [first, second] = await outbox();
    const far = new Date(Date.now() + 365 * 86_400_000);
    await context.db
      .update(deliveries)
      .set({ attempts: 1, nextAttemptAt: far })
      .where(eq(deliveries.id, first?.id ?? ""));
    await context.db
      .update(deliveries)
      .set({ state: "sending", attempts: 1, claimedUntil: far })
      .where(eq(deliveries.id, second?.id ?? ""));
    await sendAll();
    expect((await outbox()).map(({ state }) => state)).toEqual(["sent", "sent", "sent"]);
  });

  it("leaves alone what a receiver asked an hour's patience for", async () => {
    await addChannel({ config: { type: "webhook", stateChanges: false } });
    await failedBackup(await insertSource(context.db, serverId));
    await dispatchAll(context, quietLogger);
    await context.db.update(deliveries).set({ attempts: 1, nextAttemptAt: new Date(Date.now() + 3_600_000) });
    await sendAll();
    expect(receiver.requests).toEqual([]);
  });
});

describe("two senders", () => {
  it("send each message once, one at a time, in order", async () => {
    await addChannel({ config: { type: "webhook", stateChanges: true } });
    const sourceId = await insertSource(context.db, serverId);
    for (let n = 0; n < 12; n += 1) await failedBackup(sourceId);
    await dispatchAll(context, quietLogger);
    let atOnce = 0;
    let most = 0;
    receiver.answer = (response) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      setImmediate(() => {
        atOnce -= 1;
        response.writeHead(204).end();
      });
    };
    const isDone = async () => (await outbox()).every(({ state }) => state === "sent");
    await expect
      .poll(async () => {
        await Promise.all([sendAll(), sendAll(), sendAll()]);
        return isDone();
      })
      .toBe(true);
    const sent = receiver.requests.map(({ headers }) => headers["lifeboat-delivery"]);
    expect(sent).toEqual((await outbox()).map(({ id }) => id));
    expect(most).toBe(1);
  });
});

describe("a receiver that hangs", () => {
  it("delays no other channel, and is tried again later", async () => {
    const slow = await startHttpReceiver();
    slow.answer = () => undefined;
    const hanging = await addChannel({ config: { type: "slack" } }, slow.url);
    for (let n = 0; n < 3; n += 1) await addChannel({ config: { type: "discord" } });
    const sourceId = await insertSource(context.db, serverId);
    await context.db.transaction((tx) => openAlert(tx, context, { code: "backup-failed", subject: sourceId, sourceId, params: {} }));
    const patient = createNotifier({ publicUrl: "http://127.0.0.1", timeoutMs: 600_000 });
    const over = new AbortController();
    const sender = createSender({ context, notifier: patient, logger: quietLogger, gatherMs: 0, signal: over.signal });
    await sender.pass();
    await expect.poll(() => receiver.requests.length).toBe(3);
    // The order of channels is nobody's: the one that hangs may be asked last.
    await expect.poll(() => slow.requests.length).toBe(1);
    expect(await outbox(eq(deliveries.channelId, hanging.id))).toMatchObject([{ state: "sending", attempts: 1 }]);
    over.abort();
    await sender.idle();
    await context.db.update(deliveries).set({ claimedUntil: new Date() });
    const hasty = createNotifier({ publicUrl: "http://127.0.0.1", timeoutMs: 1_000 });
    const impatient = createSender({ context, notifier: hasty, logger: quietLogger, gatherMs: 0 });
    const triedMs = Date.now();
    await impatient.pass();
    await impatient.idle();
    const [row] = await outbox(eq(deliveries.channelId, hanging.id));
    expect(row).toMatchObject({ state: "pending", attempts: 2, error: { code: "channel-timeout" } });
    expect((row?.nextAttemptAt.getTime() ?? 0) - triedMs).toBeGreaterThan(25_000);
    slow.answer = (response) => void response.writeHead(204).end();
    await context.db.update(deliveries).set({ nextAttemptAt: new Date() }).where(eq(deliveries.channelId, hanging.id));
    await sendAll();
    expect(await outbox(eq(deliveries.channelId, hanging.id))).toMatchObject([{ state: "sent", attempts: 3, error: null }]);
    await slow.close();
  });

  it("like a mail server that is down gets everything in one mail when it is back", async () => {
    const down = await startMailServer({ disabledCommands: ["STARTTLS"] });
    await down.close();
    const config = {
      type: "email",
      host: "127.0.0.1",
      port: down.port,
      security: "none",
      username: "",
      from: "a@example.org",
      to: ["b@example.org"],
    } as const;
    await addChannel({ config: { ...config, to: [...config.to] } });
    for (const subject of ["one", "two", "three"]) {
      await context.db.transaction((tx) => openAlert(tx, context, { code: "clock-suspect", subject, sourceId: null, params: {} }));
      await sendAll();
    }
    expect((await outbox()).map(({ state, error }) => [state, error?.code])).toEqual(
      Array.from({ length: 3 }, () => ["pending", "channel-unreachable"]),
    );
    const back = await startMailServer({ disabledCommands: ["STARTTLS"] }, down.port);
    await context.db.update(deliveries).set({ nextAttemptAt: new Date() });
    await sendAll();
    expect(back.mails.map(({ subject }) => subject)).toEqual(["3 messages: The clock of this installation cannot be trusted"]);
    expect((await outbox()).every(({ state }) => state === "sent")).toBe(true);
    await back.close();
  });

  it("like a mail server whose answer was lost gets what came since under another name, and the same mail under the same", async () => {
    const server = await startMailServer({ disabledCommands: ["STARTTLS"] });
    const to = { type: "email", host: "127.0.0.1", port: server.port, security: "none", username: "", from: "a@example.org" } as const;
    await addChannel({ config: { ...to, to: ["b@example.org"] } });
    const open = (subject: string) =>
      context.db.transaction((tx) => openAlert(tx, context, { code: "clock-suspect", subject, sourceId: null, params: {} }));
    const lost: Notifier = {
      timeoutMs: kit.notifier.timeoutMs,
      send: async (outgoing) => {
        await kit.notifier.send(outgoing);
        return { sent: false, status: null, error: { code: "channel-timeout", params: { host: "h", seconds: 1 } }, retryAfterMs: null };
      },
    };
    const sendAgain = async (notifier: Notifier) => {
      await context.db.update(deliveries).set({ nextAttemptAt: new Date(0) });
      await sendAll({ notifier });
    };
    await open("a");
    await sendAgain(lost);
    await sendAgain(lost);
    await open("b");
    await sendAgain(lost);
    await sendAgain(kit.notifier);
    const names = server.mails.map(({ raw }) => /^Message-ID: <(.*)>\r$/m.exec(raw)?.[1]);
    expect(names.filter((name) => name !== undefined)).toHaveLength(4);
    expect([names[1], names[3]]).toEqual([names[0], names[2]]);
    expect(names[2]).not.toBe(names[0]);
    const [first] = await outbox();
    expect(names.every((name) => name?.startsWith(first?.id ?? "?"))).toBe(true);
    await server.close();
  });

  it("is given up after eight tries, and can be tried once more by hand", async () => {
    receiver.answer = (response) => void response.writeHead(500).end("no");
    await addChannel({ config: { type: "teams" } });
    await context.db.transaction((tx) =>
      openAlert(tx, context, { code: "clock-suspect", subject: "installation", sourceId: null, params: {} }),
    );
    for (let n = 0; n < 10; n += 1) {
      await sendAll();
      await context.db.update(deliveries).set({ nextAttemptAt: new Date() }).where(eq(deliveries.state, "pending"));
    }
    expect(await outbox()).toMatchObject([{ state: "failed", attempts: 8, responseStatus: 500, error: { code: "channel-refused" } }]);
    expect(receiver.requests).toHaveLength(8);
  });
});

describe("a sender that dies in the middle", () => {
  it("by kill -9 while the receiver has the message: it is sent once more, under the same name", async () => {
    receiver.answer = () => undefined;
    await addChannel({ config: { type: "webhook", stateChanges: false } });
    await context.db.transaction((tx) =>
      openAlert(tx, context, { code: "clock-suspect", subject: "installation", sourceId: null, params: {} }),
    );
    const child = fork(fileURLToPath(new URL("../../testing/dying-sender.ts", import.meta.url)), {
      execArgv: ["--disable-warning=ExperimentalWarning"],
      env: { PATH: process.env["PATH"] ?? "", NODE_ENV: "test" },
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const config: DyingSenderConfig = { databaseUrl: kit.test.url, key: key.toString("hex") };
    child.send(config);
    await expect.poll(() => receiver.requests.length).toBe(1);
    child.kill("SIGKILL");
    await once(child, "exit");
    receiver.answer = (response) => void response.writeHead(204).end();
    await sendAll();
    expect(receiver.requests).toHaveLength(1);
    await context.db.update(deliveries).set({ claimedUntil: new Date(Date.now() - 1000) });
    await sendAll();
    const [first, second] = receiver.requests.map(({ headers, body }) => ({ name: headers["lifeboat-delivery"], body }));
    expect(second).toEqual(first);
    expect(await outbox()).toMatchObject([{ state: "sent", attempts: 2 }]);
  });

  it("loses nothing: the next one sends the same message under the same name once the claim is over", async () => {
    await addChannel({ config: { type: "webhook", stateChanges: false } });
    await context.db.transaction((tx) =>
      openAlert(tx, context, { code: "clock-suspect", subject: "installation", sourceId: null, params: {} }),
    );
    const names: string[] = [];
    const dying = new AbortController();
    const lost: Notifier = {
      timeoutMs: 500,
      send: async (outgoing: Outgoing, signal) => {
        names.push(outgoing.deliveryId);
        dying.abort();
        return kit.notifier.send(outgoing, signal);
      },
    };
    const first = createSender({ context, notifier: lost, logger: quietLogger, gatherMs: 0, signal: dying.signal });
    await first.pass();
    await first.idle();
    expect(await outbox()).toMatchObject([{ state: "sending", attempts: 1 }]);
    await sendAll();
    expect(receiver.requests).toEqual([]);
    await context.db.update(deliveries).set({ claimedUntil: new Date(Date.now() - 1000) });
    await sendAll();
    expect(await outbox()).toMatchObject([{ state: "sent", attempts: 2, id: names[0] }]);
    expect(receiver.requests.map(({ headers }) => headers["lifeboat-delivery"])).toEqual(names);
  });

  it("and comes back when another has it writes nothing", async () => {
    await addChannel({ config: { type: "slack" } });
    await context.db.transaction((tx) =>
      openAlert(tx, context, { code: "clock-suspect", subject: "installation", sourceId: null, params: {} }),
    );
    const stopped: Notifier = {
      timeoutMs: 500,
      send: async () => {
        await context.db.update(deliveries).set({ claimedUntil: new Date(Date.now() - 1000) });
        await sendAll();
        return { sent: false, status: 500, error: { code: "channel-refused", params: { status: 500, detail: "" } }, retryAfterMs: null };
      },
    };
    await sendAll({ notifier: stopped });
    expect(await outbox()).toMatchObject([{ state: "sent", attempts: 2, error: null }]);
  });
});

describe("what is over", () => {
  const subject = "installation";
  const open = () => context.db.transaction((tx) => openAlert(tx, context, { code: "clock-suspect", subject, sourceId: null, params: {} }));
  const resolve = () => context.db.transaction((tx) => resolveAlert(tx, context, { code: "clock-suspect", subject }));

  it("is told to those who were told, once, and not to a channel that came since", async () => {
    const told = await addChannel({ config: { type: "slack" } });
    await open();
    await sendAll();
    await addChannel({ config: { type: "discord" } });
    await resolve();
    expect(await resolve()).toBeNull();
    await sendAll();
    const log = await outbox();
    expect(log.map(({ channelId, kind, state }) => [channelId, kind, state])).toEqual([
      [told.id, "alert", "sent"],
      [told.id, "resolved", "sent"],
    ]);
  });

  it("before quiet hours ended is told to nobody", async () => {
    const minute = (at: number) => new Date(at).toISOString().slice(11, 16);
    const quietHours = { from: minute(Date.now() - 3_600_000), to: minute(Date.now() + 3_600_000), timeZone: "UTC", exceptUrgent: false };
    await addChannel({ config: { type: "slack" }, quietHours });
    await open();
    await sendAll();
    const [held] = await outbox();
    expect(held).toMatchObject({ state: "held", attempts: 0 });
    expect(held?.nextAttemptAt.toISOString().slice(11, 16)).toBe(quietHours.to);
    await resolve();
    expect(await outbox()).toMatchObject([{ state: "dropped" }]);
    expect(receiver.requests).toEqual([]);
  });
});
