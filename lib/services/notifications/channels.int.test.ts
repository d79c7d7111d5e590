import { randomBytes } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { channels } from "#lib/db/schema/channels";
import { deliveries } from "#lib/db/schema/deliveries";
import { sources } from "#lib/db/schema/sources";
import { createLogger } from "#lib/log/log";
import { createNotifier } from "#lib/notify/notifier";
import { createKeyring } from "#lib/secrets/keyring";
import { insertServer, insertSource, newId } from "#lib/testing/catalogue-rows";
import { testActor, testContext, type TestContext } from "#lib/testing/context";
import { usualChannel } from "#lib/testing/message-kit";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { type HttpReceiver, type MailReceiver, startHttpReceiver, startMailServer } from "#lib/testing/receivers";
import { openAlert, resolveAlert } from "./alerts.ts";
import { createChannel } from "./create-channel.ts";
import { deleteChannel } from "./delete-channel.ts";
import { getChannel } from "./get-channel.ts";
import { listAlerts } from "./list-alerts.ts";
import { listChannels } from "./list-channels.ts";
import { listDeliveries } from "./list-deliveries.ts";
import { retryDelivery } from "./retry-delivery.ts";
import { createSender } from "./sender.ts";
import { testChannel } from "./test-channel.ts";
import { updateChannel } from "./update-channel.ts";

const canary = "c4n4ry-0f-4-ch4nn3l";
let test: TestCatalogue;
let context: TestContext;
let receiver: HttpReceiver;
let mail: MailReceiver;
const logged: string[] = [];
const logger = createLogger("debug", {}, (line) => void logged.push(line));

beforeAll(async () => {
  test = await createCatalogue();
  context = testContext(test.catalogue);
  receiver = await startHttpReceiver();
  mail = await startMailServer({
    disabledCommands: ["STARTTLS"],
    authOptional: false,
    onAuth: (auth, _session, done) => done(new Error(`535 no, not ${auth.password ?? ""}`)),
  });
});

afterAll(async () => {
  await receiver.close();
  await mail.close();
  await test.drop();
});

type Body = Parameters<typeof createChannel>[1]["body"];
const none = { params: {}, query: {}, ifMatch: null };

async function add(config: Body["config"], secret: Body["secret"], change: Partial<Body> = {}) {
  return createChannel(context, { ...none, body: { ...usualChannel, config, secret, ...change } });
}

type Email = Extract<Body["config"], { type: "email" }>;
const email: Email = {
  type: "email",
  host: "mail.example.org",
  port: 587,
  security: "starttls",
  username: "robot",
  from: "a@example.org",
  to: ["b@example.org"],
};
const hookUrl = () => `${receiver.url}/hooks/${canary}`;
const pageOf = { ...none, body: {}, query: { limit: 50 } };

async function sendAll() {
  const notifier = createNotifier({ publicUrl: "https://lifeboat.example.org", timeoutMs: 20_000 });
  const sender = createSender({ context, notifier, logger, gatherMs: 0, backOffMs: 1 });
  await sender.pass();
  await sender.idle();
}

/** Runs what waits for a worker beside one that sends. */
async function withSender<T>(work: Promise<T>): Promise<T> {
  const over = new AbortController();
  const sending = (async () => {
    while (!over.signal.aborted) await sendAll();
  })();
  try {
    return await work;
  } finally {
    over.abort();
    await sending;
  }
}

describe("channels", () => {
  it("keep their secrets: what was entered never comes back, a webhook's key once", async () => {
    const made = await add({ type: "webhook", stateChanges: false }, { url: hookUrl() });
    expect(made.signingKey).toMatch(/^whk_[\w-]{43}$/);
    expect(made).toMatchObject({ host: "127.0.0.1", secret: { url: true, token: false, password: false }, version: 1 });
    const params = { id: made.id };
    const shown = [await getChannel(context, { ...none, params, body: {} }), await listChannels(context, pageOf)];
    expect(JSON.stringify(shown)).not.toContain(made.signingKey);
    expect(JSON.stringify([made, shown])).not.toContain(canary);
    const renamed = await updateChannel(context, { params, query: {}, body: { name: "Renamed" }, ifMatch: 1 });
    expect(renamed).toMatchObject({ name: "Renamed", signingKey: null, secret: { url: true } });
    const replaced = await updateChannel(context, { params, query: {}, body: { newSigningKey: true }, ifMatch: 2 });
    expect(replaced.signingKey).not.toBe(made.signingKey);
    await expect(updateChannel(context, { params, query: {}, body: { name: "x" }, ifMatch: 1 })).rejects.toMatchObject({
      code: "version-conflict",
    });
  });

  it("need what their type needs, and no address that leads inside", async () => {
    await expect(add({ type: "slack" }, {})).rejects.toMatchObject({ code: "channel-incomplete", params: { field: "url" } });
    await expect(add(email, {})).rejects.toMatchObject({ code: "channel-incomplete", params: { field: "password" } });
    await expect(add({ type: "telegram", chatId: "1", apiOrigin: "https://api.telegram.org" }, {})).rejects.toMatchObject({
      params: { field: "token" },
    });
    for (const host of ["169.254.169.254", "metadata.google.internal", "[fe80::1]"]) {
      await expect(add({ type: "slack" }, { url: `http://${host}/x` })).rejects.toMatchObject({ code: "address-forbidden" });
      await expect(add({ ...email, host: host.replace(/[[\]]/g, "") }, { password: "x" })).rejects.toMatchObject({
        code: "address-forbidden",
      });
      await expect(add({ type: "ntfy", server: `http://${host}`, topic: "x" }, {})).rejects.toMatchObject({ code: "address-forbidden" });
    }
    await expect(add({ ...email, security: "none" }, { password: "x" })).rejects.toMatchObject({ code: "invalid-input" });
    await expect(add({ type: "slack" }, { url: "https://user:pass@example.org/" })).rejects.toMatchObject({ code: "address-invalid" });
    for (const server of ["https://ntfy.example.org/?auth=secret", "https://ntfy.example.org/#secret"]) {
      await expect(add({ type: "ntfy", server, topic: "x" }, {})).rejects.toMatchObject({ code: "address-invalid" });
      const telegram = { type: "telegram" as const, chatId: "1", apiOrigin: server };
      await expect(add(telegram, { token: canary })).rejects.toMatchObject({ code: "address-invalid" });
    }
  });

  it("have something to tell: alerts, and sources that exist", async () => {
    const slack = (change: Partial<Body>) => add({ type: "slack" }, { url: hookUrl() }, change);
    const sourceId = await insertSource(context.db, await insertServer(context.db));
    await expect(slack({ alerts: [] })).rejects.toMatchObject({ code: "invalid-input" });
    await expect(slack({ sourceIds: [] })).rejects.toMatchObject({ code: "invalid-input" });
    const unknown = newId("source");
    await expect(slack({ sourceIds: [sourceId, unknown] })).rejects.toMatchObject({ code: "not-found", params: { id: unknown } });
    // Every change of state without an alert is something.
    await add({ type: "webhook", stateChanges: true }, { url: hookUrl() }, { alerts: [] });
    const made = await slack({ sourceIds: [sourceId] });
    const change = (body: Parameters<typeof updateChannel>[1]["body"], ifMatch: number) =>
      updateChannel(context, { params: { id: made.id }, query: {}, body, ifMatch });
    await expect(change({ alerts: [] }, 1)).rejects.toMatchObject({ code: "invalid-input" });
    await expect(change({ sourceIds: [unknown] }, 1)).rejects.toMatchObject({ code: "not-found" });
    // What was removed since stands in the way of no other change.
    await context.db.update(sources).set({ removedAt: new Date() }).where(eq(sources.id, sourceId));
    expect(await change({ sourceIds: [sourceId], name: "Other" }, 1)).toMatchObject({ name: "Other", sourceIds: [sourceId] });
  });

  it("ask for the secret again when it would go somewhere else, or less safely", async () => {
    const made = await add(email, { password: canary });
    const params = { id: made.id };
    const change = (config: Partial<Email>, secret = {}) =>
      updateChannel(context, { params, query: {}, body: { config: { ...email, ...config }, secret }, ifMatch: 1 });
    const others: Partial<Email>[] = [{ host: "evil.example.org" }, { port: 25 }, { username: "root" }, { security: "tls" }];
    for (const elsewhere of others) {
      await expect(change(elsewhere)).rejects.toMatchObject({ code: "channel-incomplete", params: { field: "password" } });
    }
    expect(await change({ host: "other.example.org" }, { password: canary })).toMatchObject({ version: 2, secret: { password: true } });
    const hook = await add({ type: "webhook", stateChanges: false }, { url: hookUrl() });
    const asSlack = { params: { id: hook.id }, query: {}, body: { config: { type: "slack" as const } }, ifMatch: 1 };
    await expect(updateChannel(context, asSlack)).rejects.toMatchObject({ code: "channel-incomplete", params: { field: "url" } });
  });

  it("whose secret was sealed with a key that is lost can be switched off, and work again once it is entered again", async () => {
    const made = await add({ type: "webhook", stateChanges: false }, { url: hookUrl() });
    const mailing = await add(email, { password: canary });
    const elsewhere = { ...context, keyring: createKeyring(randomBytes(32)) };
    const change = (id: string, body: Parameters<typeof updateChannel>[1]["body"], ifMatch: number) =>
      updateChannel(elsewhere, { params: { id }, query: {}, body, ifMatch });
    expect(await change(made.id, { enabled: false, secret: {} }, 1)).toMatchObject({
      enabled: false,
      signingKey: null,
      secret: { url: false },
    });
    // What was sealed is still there for whoever finds the key.
    expect(await getChannel(context, { ...none, params: { id: made.id }, body: {} })).toMatchObject({ secret: { url: true } });
    await expect(change(made.id, { newSigningKey: true }, 2)).rejects.toMatchObject({
      code: "channel-incomplete",
      params: { field: "url" },
    });
    await expect(change(mailing.id, { config: email }, 1)).rejects.toMatchObject({ params: { field: "password" } });
    const mended = await change(made.id, { enabled: true, secret: { url: hookUrl() } }, 2);
    expect(mended).toMatchObject({ enabled: true, secret: { url: true }, host: "127.0.0.1" });
    expect(mended.signingKey).toMatch(/^whk_/);
    const sender = createSender({
      context: elsewhere,
      notifier: createNotifier({ publicUrl: "https://l", timeoutMs: 20_000 }),
      logger,
      gatherMs: 0,
    });
    const before = receiver.requests.length;
    await elsewhere.db.transaction((tx) => openAlert(tx, elsewhere, { code: "clock-suspect", subject: "key", sourceId: null, params: {} }));
    await sender.pass();
    await sender.idle();
    expect(receiver.requests.slice(before).filter(({ headers }) => headers["lifeboat-signature"] !== undefined)).toHaveLength(1);
    await elsewhere.db.transaction((tx) => resolveAlert(tx, elsewhere, { code: "clock-suspect", subject: "key" }));
  });

  it("that are switched off or removed drop what waits; a removed one keeps its log and no secret", async () => {
    const made = await add({ type: "slack" }, { url: hookUrl() });
    await context.db.transaction((tx) => openAlert(tx, context, { code: "clock-suspect", subject: "x", sourceId: null, params: {} }));
    const log = async () => (await listDeliveries(context, { ...pageOf, query: { limit: 50, channel: made.id } })).items;
    expect(await log()).toMatchObject([{ state: "pending", channelName: "Channel", code: "clock-suspect" }]);
    const params = { id: made.id };
    await updateChannel(context, { params, query: {}, body: { enabled: false }, ifMatch: 1 });
    expect(await log()).toMatchObject([{ state: "dropped", nextAttemptAt: null }]);
    await deleteChannel(context, { params, query: {}, body: {}, ifMatch: 2 });
    expect(await log()).toHaveLength(1);
    const [row] = await context.db.select().from(channels).where(eq(channels.id, made.id));
    expect(row?.secretSealed).toBeNull();
    await expect(getChannel(context, { ...none, params, body: {} })).rejects.toMatchObject({ code: "not-found" });
    expect((await listAlerts(context, { ...pageOf, query: { limit: 50, state: "open" } })).items).toMatchObject([
      { code: "clock-suspect", count: 1 },
    ]);
  });

  it("are an admin's: a viewer sees neither them nor their log", async () => {
    const viewer = { ...context, actor: testActor("viewer") };
    await expect(listChannels(viewer, pageOf)).rejects.toMatchObject({ code: "not-allowed" });
    await expect(listDeliveries(viewer, pageOf)).rejects.toMatchObject({ code: "not-allowed" });
    await expect(
      add({ type: "slack" }, { url: hookUrl() }).then(({ id }) => testChannel(viewer, { ...none, params: { id }, body: {} })),
    ).rejects.toMatchObject({
      code: "not-allowed",
    });
  });
});

describe("the test button", () => {
  it("sends at once, past what waits and at night, and tells what came of it", async () => {
    const quietHours = { from: "00:00", to: "23:59", timeZone: "UTC", exceptUrgent: false };
    const { id } = await add({ type: "slack" }, { url: hookUrl() }, { quietHours, enabled: false });
    expect(await withSender(testChannel(context, { ...none, params: { id }, body: {} }))).toMatchObject({
      kind: "test",
      state: "sent",
      responseStatus: 204,
      attempts: 1,
    });
    expect(receiver.requests.filter(({ body }) => body.includes("A test from Lifeboat"))).toHaveLength(1);
  });

  it("says why it failed, does not try again by itself, and is tried once more by hand", async () => {
    receiver.answer = (response) => void response.writeHead(403).end(`no such hook: ${canary}`);
    const { id } = await add({ type: "discord" }, { url: hookUrl() });
    const failed = await withSender(testChannel(context, { ...none, params: { id }, body: {} }));
    expect(failed).toMatchObject({ state: "failed", responseStatus: 403, error: { code: "channel-refused", params: { status: 403 } } });
    expect(JSON.stringify(failed)).not.toContain(canary);
    expect((await getChannel(context, { ...none, params: { id }, body: {} })).problem).toMatchObject({ code: "channel-refused" });
    receiver.answer = (response) => void response.writeHead(204).end();
    const params = { id: failed.id };
    expect(await retryDelivery(context, { ...none, params, body: {} })).toMatchObject({ state: "pending", attempts: 0 });
    await expect(retryDelivery(context, { ...none, params, body: {} })).rejects.toMatchObject({ code: "delivery-state" });
    await sendAll();
    expect(await getChannel(context, { ...none, params: { id }, body: {} })).toMatchObject({ problem: null, pending: 0 });
  });
});

describe("a mail that some recipients were refused", () => {
  it("is sent to the others once, with what was said of it; a test of it failed", async () => {
    const picky = await startMailServer({
      disabledCommands: ["STARTTLS"],
      onRcptTo: ({ address }, _session, done) =>
        address.startsWith("typo") ? done(Object.assign(new Error("no such user"), { responseCode: 550 })) : done(),
    });
    const config: Email = { ...email, host: "127.0.0.1", port: picky.port, security: "none", username: "" };
    const { id } = await add({ ...config, to: ["ops@example.org", "typo@example.org"] }, {}, { alerts: ["size-anomaly"] });
    const params = { id };
    const refused = { code: "channel-refused", params: { status: 550, detail: expect.stringContaining("typo@example.org") } };
    expect(await withSender(testChannel(context, { ...none, params, body: {} }))).toMatchObject({ state: "failed", error: refused });
    const openOne = (subject: string) =>
      context.db.transaction((tx) => openAlert(tx, context, { code: "size-anomaly", subject, sourceId: null, params: {} }));
    await openOne("one");
    await sendAll();
    await sendAll();
    const { items } = await listDeliveries(context, { ...pageOf, query: { limit: 50, channel: id } });
    expect(items.filter(({ kind }) => kind === "alert")).toMatchObject([{ state: "sent", attempts: 1, error: refused }]);
    expect(picky.mails.map(({ to }) => to)).toEqual([["ops@example.org"], ["ops@example.org"]]);
    expect((await getChannel(context, { ...none, params, body: {} })).problem).toMatchObject(refused);
    await updateChannel(context, { params, query: {}, body: { config }, ifMatch: 1 });
    await openOne("two");
    await sendAll();
    expect((await getChannel(context, { ...none, params, body: {} })).problem).toBeNull();
    await picky.close();
  });
});

describe("a canary", () => {
  it("in every secret of every type is nowhere: rows, audit, log, answers of failures", async () => {
    receiver.answer = (response, request) =>
      void response.writeHead(500).end(`${request.path} ${request.headers.authorization ?? ""} ${request.body}`);
    const local: Email = { ...email, host: "127.0.0.1", port: mail.port, security: "none" };
    const made = [
      await add(local, { password: canary }),
      await add({ type: "slack" }, { url: hookUrl() }),
      await add({ type: "teams" }, { url: `${hookUrl()}?sig=${canary}` }),
      await add({ type: "telegram", chatId: "1", apiOrigin: receiver.url }, { token: canary }),
      await add({ type: "ntfy", server: receiver.url, topic: "x" }, { token: canary }),
      await add({ type: "webhook", stateChanges: true }, { url: hookUrl() }),
      await add({ type: "healthchecks", on: "backups" }, { url: hookUrl() }),
    ];
    const answers: unknown[] = [];
    for (const { id } of made) answers.push(await withSender(testChannel(context, { ...none, params: { id }, body: {} })));
    expect(answers.every((answer) => (answer as { state: string }).state === "failed")).toBe(true);
    const rows = [];
    for (const table of ["channels", "deliveries", "alerts", "audit_events", "events"]) {
      rows.push(await context.db.execute(sql`select to_jsonb(t)::text as row from lifeboat.${sql.identifier(table)} t`));
    }
    const signingKey = made.flatMap((one) => (one.signingKey === null ? [] : [one.signingKey]));
    const everywhere = JSON.stringify([rows, answers, logged, await listChannels(context, pageOf), await listDeliveries(context, pageOf)]);
    for (const secret of [canary, encodeURIComponent(canary), Buffer.from(canary).toString("base64"), ...signingKey]) {
      expect(everywhere.includes(secret)).toBe(false);
    }
    expect(logged.length).toBeGreaterThan(5);
    expect(await context.db.$count(deliveries, eq(deliveries.state, "failed"))).toBeGreaterThanOrEqual(7);
  });
});
