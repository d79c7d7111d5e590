import { and, eq, ne, sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { alerts } from "#lib/db/schema/alerts";
import { deliveries } from "#lib/db/schema/deliveries";
import { events } from "#lib/db/schema/events";
import { installation } from "#lib/db/schema/installation";
import { runs } from "#lib/db/schema/runs";
import { slots } from "#lib/db/schema/slots";
import { insertRun, insertSource } from "#lib/testing/catalogue-rows";
import { messageKitOfFile } from "#lib/testing/message-kit";
import { quietLogger } from "#lib/testing/quiet-logger";
import { openAlert, resolveAlert } from "./alerts.ts";
import { dispatchAll } from "./dispatch.ts";
import { updateChannel } from "./update-channel.ts";
import { watchStates } from "./watch.ts";

const kit = await messageKitOfFile();
const { context, serverId, receiver, addChannel, sendAll, outbox } = kit;

const about = (subject: string) => ({ code: "clock-suspect", subject }) as const;
const open = (subject: string) => context.db.transaction((tx) => openAlert(tx, context, { ...about(subject), sourceId: null, params: {} }));
const answer = (status: number) => {
  receiver.answer = (response) => void response.writeHead(status).end();
};
const makeDue = () =>
  context.db
    .update(deliveries)
    .set({ nextAttemptAt: new Date(0) })
    .where(ne(deliveries.state, "sent"));
const look = () => watchStates(context, quietLogger);

describe("what nobody could be told of", () => {
  it("while a receiver was away for more than an hour is told when it is back, once, with how often it happened since", async () => {
    await addChannel({ config: { type: "slack" } });
    answer(503);
    await open("a");
    for (let n = 0; n < 10; n += 1) {
      await sendAll();
      await makeDue();
    }
    expect(await outbox()).toMatchObject([{ state: "failed", attempts: 8 }]);
    // Each half hour one more try, in the same row.
    await look();
    await sendAll();
    const [waiting] = await outbox();
    expect(waiting).toMatchObject({ state: "failed", attempts: 8 });
    expect((waiting?.nextAttemptAt.getTime() ?? 0) - Date.now()).toBeGreaterThan(30 * 60_000);
    expect(receiver.requests).toHaveLength(9);
    await look();
    expect(await outbox()).toMatchObject([{ state: "failed" }]);
    await open("a");
    await makeDue();
    answer(204);
    await look();
    await sendAll();
    expect(await outbox()).toMatchObject([{ state: "sent", payload: { count: 2 } }]);
    await makeDue();
    await look();
    await sendAll();
    expect(receiver.requests).toHaveLength(10);
    await context.db.transaction((tx) => resolveAlert(tx, context, about("a")));
    expect((await outbox()).map(({ kind }) => kind)).toEqual(["alert", "resolved"]);
  });

  it("is told as soon as another message arrives there, unless it is over", async () => {
    await addChannel({ config: { type: "slack" } });
    answer(404);
    await open("a");
    await open("b");
    await sendAll();
    // Asked again it would answer the same.
    expect((await outbox()).map(({ state, attempts }) => [state, attempts])).toEqual([
      ["failed", 1],
      ["failed", 1],
    ]);
    expect(receiver.requests).toHaveLength(1);
    await context.db.transaction((tx) => resolveAlert(tx, context, about("b")));
    answer(204);
    await look();
    await sendAll();
    expect(receiver.requests).toHaveLength(1);
    await open("c");
    await sendAll();
    await look();
    await sendAll();
    expect((await outbox()).map(({ kind, state }) => [kind, state])).toEqual([
      ["alert", "sent"],
      ["alert", "failed"],
      ["alert", "sent"],
    ]);
  });

  it("is no reason for more reminders than a channel asked for", async () => {
    // Of this alert alone: hours ahead of now it may be Monday at eight, when digests go out.
    await addChannel({ config: { type: "slack" }, alerts: ["clock-suspect"], repeatHours: 2 });
    await open("a");
    await sendAll();
    answer(410);
    const later = (hours: number) => watchStates(context, quietLogger, new Date(Date.now() + hours * 3_600_000));
    await later(2.1);
    await context.db
      .update(deliveries)
      .set({ nextAttemptAt: new Date(0) })
      .where(eq(deliveries.state, "pending"));
    await sendAll();
    expect((await outbox()).map(({ state }) => state)).toEqual(["sent", "failed"]);
    await later(2.2);
    await later(4);
    expect(await outbox()).toHaveLength(2);
    await later(4.2);
    expect(await outbox()).toHaveLength(3);
  });
});

describe("a channel that is switched on again", () => {
  const change = (id: string, body: Parameters<typeof updateChannel>[1]["body"], ifMatch: number) =>
    updateChannel(context, { params: { id }, query: {}, body, ifMatch });

  it("is told of what is still open and never arrived there, and of what opened meanwhile", async () => {
    const { id } = await addChannel({ config: { type: "slack" } });
    await open("heard");
    await sendAll();
    answer(503);
    await open("unheard");
    await open("over");
    await sendAll();
    await change(id, { enabled: false }, 1);
    await open("meanwhile");
    await context.db.transaction((tx) => resolveAlert(tx, context, about("over")));
    answer(204);
    await look();
    await sendAll();
    expect((await outbox()).map(({ state }) => state)).toEqual(["sent", "dropped", "dropped"]);
    await change(id, { enabled: true }, 2);
    await look();
    expect((await outbox()).map(({ state }) => state)).toEqual(["sent", "pending", "dropped", "pending"]);
    await sendAll();
    await look();
    await change(id, { name: "Other" }, 3);
    await look();
    expect((await outbox()).map(({ kind, state }) => [kind, state])).toEqual([
      ["alert", "sent"],
      ["alert", "sent"],
      ["alert", "dropped"],
      ["alert", "sent"],
    ]);
  });

  it("is told of nothing that it does not ask for, or that is older than it", async () => {
    const before = { ...context, now: () => new Date(Date.now() - 60_000) };
    await context.db.transaction((tx) => openAlert(tx, before, { ...about("older"), sourceId: null, params: {} }));
    const { id } = await addChannel({ config: { type: "slack" }, enabled: false, alerts: ["backup-failed"] });
    await open("other");
    await change(id, { enabled: true }, 1);
    await look();
    expect(await outbox()).toEqual([]);
    await change(id, { enabled: false, alerts: null }, 2);
    await change(id, { enabled: true }, 3);
    await look();
    expect(await outbox()).toMatchObject([{ kind: "alert", state: "pending", code: "clock-suspect" }]);
  });
});

describe("what ends while somebody looks whether to tell of it once more", () => {
  /** Looks after the alert was ended, and before anybody else can see that. */
  const lookWhileEnding = (at?: Date) =>
    context.db.transaction(async (tx) => {
      await resolveAlert(tx, context, about("a"));
      await watchStates(context, quietLogger, at);
    });

  it("has no reminder behind its end", async () => {
    await addChannel({ config: { type: "slack" }, alerts: ["clock-suspect"], repeatHours: 2 });
    await open("a");
    await sendAll();
    await lookWhileEnding(new Date(Date.now() + 3 * 3_600_000));
    expect((await outbox()).map(({ kind }) => kind)).toEqual(["alert", "resolved"]);
  });

  it("is not told at last, without an end", async () => {
    await addChannel({ config: { type: "slack" } });
    answer(404);
    await open("a");
    await sendAll();
    await makeDue();
    await lookWhileEnding();
    expect((await outbox()).map(({ kind, state }) => [kind, state])).toEqual([["alert", "failed"]]);
  });
});

describe("what a receiver never takes", () => {
  it("holds back nothing behind it: a refused change is given up at once", async () => {
    await addChannel({ config: { type: "webhook", stateChanges: true } });
    receiver.answer = (response, request) => void response.writeHead(request.body.includes("run.failed") ? 400 : 204).end();
    const sourceId = await insertSource(context.db, serverId);
    await kit.failedBackup(sourceId);
    await dispatchAll(context, quietLogger);
    await sendAll();
    await sendAll();
    expect(await outbox(eq(deliveries.kind, "event"))).toMatchObject([{ state: "failed", attempts: 1 }]);
    expect(await outbox(eq(deliveries.kind, "alert"))).toMatchObject([{ state: "sent", attempts: 1 }]);
  });

  it("a start ping that did not arrive delays no success, and is not sent after it", async () => {
    await addChannel({ config: { type: "healthchecks", on: "backups" } }, `${receiver.url}/ping`);
    answer(503);
    const sourceId = await insertSource(context.db, serverId);
    const runId = await insertRun(context.db, { type: "backup", subject: sourceId, sourceId, state: "queued" });
    await context.db.update(runs).set({ state: "running" }).where(eq(runs.id, runId));
    await dispatchAll(context, quietLogger);
    await sendAll();
    await context.db
      .update(deliveries)
      .set({ nextAttemptAt: new Date(Date.now() + 60_000) })
      .where(eq(deliveries.state, "pending"));
    answer(204);
    await context.db.update(runs).set({ state: "succeeded", finishedAt: new Date() }).where(eq(runs.id, runId));
    await dispatchAll(context, quietLogger);
    await sendAll();
    await makeDue();
    await sendAll();
    expect(receiver.requests.map(({ path }) => path.replace(/\?.*/, ""))).toEqual(["/ping/start", "/ping"]);
    expect((await outbox()).map(({ code, state }) => [code, state])).toEqual([
      ["run.running", "dropped"],
      ["run.succeeded", "sent"],
    ]);
  });
});

it("urgent words pass however many wait for the end of quiet hours", async () => {
  const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
  const quietHours = { from: at(-1), to: at(1), timeZone: "UTC", exceptUrgent: true };
  const { id } = await addChannel({ config: { type: "slack" }, quietHours });
  const until = new Date(`${new Date(Date.now() + 3_600_000).toISOString().slice(0, 16)}:00.000Z`).toISOString();
  await context.db.execute(sql`
    insert into lifeboat.deliveries (id, channel_id, kind, code, payload, dedupe_key, state, next_attempt_at, created_at)
    select 'dlv_' || n, ${id}, 'alert', 'drill-due', '{"type": "alert", "code": "drill-due", "params": {}, "at": "", "count": 1}', 'k' || n, 'held',
           ${until}::timestamptz, now() - interval '1 minute' from generate_series(1, 500) as n`);
  await open("a");
  await sendAll();
  expect(receiver.requests).toHaveLength(1);
  expect(await outbox(eq(deliveries.code, "clock-suspect"))).toMatchObject([{ state: "sent" }]);
  expect(await context.db.$count(deliveries, eq(deliveries.state, "held"))).toBe(500);
});

describe("a change whose alert the catalogue refuses", () => {
  const refuse = (sqlState: string) =>
    context.db.execute(
      sql.raw(`create or replace function lifeboat.refuse() returns trigger language plpgsql as $$ begin raise exception 'no' using errcode = '${sqlState}'; end $$;
        create or replace trigger refuse before insert on lifeboat.alerts for each row execute function lifeboat.refuse()`),
    );
  const allow = () => context.db.execute(sql`drop trigger refuse on lifeboat.alerts`);

  it("for the moment is handed on at a later look, and those before it once", async () => {
    await addChannel({ config: { type: "slack" } });
    const sourceId = await insertSource(context.db, serverId);
    await dispatchAll(context, quietLogger);
    await refuse("40P01");
    await kit.failedBackup(sourceId);
    await dispatchAll(context, quietLogger);
    const waits = and(sql`handled_at is null`, eq(events.type, "run.failed"));
    expect(await context.db.$count(events, waits)).toBe(1);
    expect(await outbox()).toEqual([]);
    await allow();
    await dispatchAll(context, quietLogger);
    expect(await context.db.$count(events, waits)).toBe(0);
    expect((await outbox()).map(({ code }) => code)).toEqual(["backup-failed"]);
  });

  it("again and again is passed over in the end", async () => {
    const sourceId = await insertSource(context.db, serverId);
    await refuse("57014");
    await kit.failedBackup(sourceId);
    let looks = 0;
    while ((await context.db.$count(events, sql`handled_at is null`)) > 0 && looks < 50) {
      await dispatchAll(context, quietLogger);
      looks += 1;
    }
    await allow();
    expect(looks).toBe(20);
  });
});

it("a try that failed is told though the next one is skipped, or missed", async () => {
  await addChannel({ config: { type: "slack" } });
  const newSlot = async (task: "full" | "verify") => {
    const sourceId = await insertSource(context.db, serverId);
    const at = new Date();
    const slot = { id: `slt_${sourceId.slice(4)}`, sourceId, task, nominalAt: at, startAt: at, expiresAt: at } as const;
    await context.db.insert(slots).values({ ...slot, state: "waiting" });
    return slot;
  };
  const skip = (id: string) => context.db.update(slots).set({ state: "skipped", reason: "source-paused" }).where(eq(slots.id, id));
  const fail = async ({ id, sourceId }: Awaited<ReturnType<typeof newSlot>>, type: "backup" | "verify") => {
    const runId = await insertRun(context.db, { type, subject: sourceId, sourceId, state: "running", slotId: id });
    await context.db.update(runs).set({ state: "failed", finishedAt: new Date() }).where(eq(runs.id, runId));
    return runId;
  };
  const [tried, untried, unseen] = [await newSlot("full"), await newSlot("full"), await newSlot("verify")];
  const runId = await fail(tried, "backup");
  await skip(tried.id);
  await skip(untried.id);
  await fail(unseen, "verify");
  await context.db.update(slots).set({ state: "missed", reason: "window-over" }).where(eq(slots.id, unseen.id));
  await dispatchAll(context, quietLogger);
  expect(await outbox()).toMatchObject([
    { code: "backup-failed", sourceId: tried.sourceId },
    { code: "verification-failed", sourceId: unseen.sourceId },
  ]);
  const [alert] = await context.db.select().from(alerts).where(eq(alerts.sourceId, tried.sourceId));
  expect(alert?.params).toMatchObject({ runId });
});

it("a clock that is years ahead forgets nothing", async () => {
  const days = (count: number) => new Date(Date.now() - count * 86_400_000);
  await context.db.insert(installation).values({ id: "installation", createdAt: days(40), lastSeenAt: days(10) });
  const old = { at: days(35), type: "run.queued", subjectId: "old", payload: {}, handledAt: days(35) };
  await context.db.insert(events).values(old);
  const count = () => context.db.$count(events, eq(events.subjectId, "old"));
  await look();
  expect(await count()).toBe(1);
  await context.db.update(installation).set({ lastSeenAt: days(0) });
  await look();
  expect(await count()).toBe(0);
});
