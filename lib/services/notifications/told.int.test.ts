import { and, eq, sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { alerts } from "#lib/db/schema/alerts";
import { deliveries } from "#lib/db/schema/deliveries";
import { runs } from "#lib/db/schema/runs";
import { slots } from "#lib/db/schema/slots";
import { insertBackup, insertDestination, insertRun, insertSource } from "#lib/testing/catalogue-rows";
import { messageKitOfFile } from "#lib/testing/message-kit";
import { quietLogger } from "#lib/testing/quiet-logger";
import { openAlert } from "./alerts.ts";
import { dispatchAll } from "./dispatch.ts";
import { watchStates } from "./watch.ts";

const { context, serverId, receiver, addChannel, sendAll, outbox } = await messageKitOfFile();

describe("per alert and source", () => {
  it("a channel hears what it asked for", async () => {
    const [one, other] = [await insertSource(context.db, serverId), await insertSource(context.db, serverId)];
    const ofOne = await addChannel({ config: { type: "slack" }, sourceIds: [one] });
    const ofFailed = await addChannel({ config: { type: "discord" }, alerts: ["backup-failed"] });
    await context.db.transaction(async (tx) => {
      for (const sourceId of [one, other]) await openAlert(tx, context, { code: "backup-failed", subject: sourceId, sourceId, params: {} });
      await openAlert(tx, context, { code: "backup-missed", subject: one, sourceId: one, params: {} });
      await openAlert(tx, context, { code: "disk-nearly-full", subject: "h:/x", sourceId: null, params: {} });
    });
    const heard = async (id: string) => (await outbox(eq(deliveries.channelId, id))).map(({ code, sourceId }) => [code, sourceId]);
    expect(await heard(ofOne.id)).toEqual([
      ["backup-failed", one],
      ["backup-missed", one],
    ]);
    expect(await heard(ofFailed.id)).toEqual([
      ["backup-failed", one],
      ["backup-failed", other],
    ]);
  });

  it("an odd size opens an alert, the next usual one ends it", async () => {
    const sourceId = await insertSource(context.db, serverId);
    const destinationId = await insertDestination(context.db);
    const openOnes = () =>
      context.db
        .select()
        .from(alerts)
        .where(and(eq(alerts.sourceId, sourceId), sql`resolved_at is null`));
    const backUp = async (anomalies: { code: string; params: Record<string, number> }[]) => {
      const runId = await insertRun(context.db, { type: "backup", subject: sourceId, sourceId, state: "running" });
      await insertBackup(context.db, { sourceId, destinationId }, { runId, anomalies });
      await context.db.update(runs).set({ state: "succeeded", finishedAt: new Date() }).where(eq(runs.id, runId));
      await dispatchAll(context, quietLogger);
    };
    await backUp([{ code: "far-smaller", params: { bytes: 5, usualBytes: 500 } }]);
    expect(await openOnes()).toMatchObject([{ code: "size-anomaly", params: { anomalies: "far-smaller", bytes: 5 } }]);
    await backUp([]);
    expect(await openOnes()).toEqual([]);
  });
});

describe("again and again", () => {
  it("what stays open is told again after the hours that a channel asked for, not before", async () => {
    // Of this alert alone: hours ahead of now it may be Monday at eight, when digests go out.
    await addChannel({ config: { type: "slack" }, alerts: ["drill-failed"], repeatHours: 2 });
    const sourceId = await insertSource(context.db, serverId);
    await context.db.transaction((tx) => openAlert(tx, context, { code: "drill-failed", subject: sourceId, sourceId, params: {} }));
    await sendAll();
    const later = (hours: number) => new Date(Date.now() + hours * 3_600_000);
    await watchStates(context, quietLogger, later(1.9));
    expect(await outbox()).toHaveLength(1);
    await watchStates(context, quietLogger, later(2.1));
    await watchStates(context, quietLogger, later(2.1));
    expect(await outbox()).toHaveLength(2);
  });

  it("a gate that failed is told once, and is over a day later, though none ever passes there", async () => {
    await addChannel({ config: { type: "slack" }, repeatHours: 2 });
    const sourceId = await insertSource(context.db, serverId);
    await context.db.transaction((tx) => openAlert(tx, context, { code: "gate-failed", subject: sourceId, sourceId, params: {} }));
    await sendAll();
    const openOnes = () => context.db.$count(alerts, and(eq(alerts.sourceId, sourceId), sql`resolved_at is null`));
    const later = (hours: number) => new Date(Date.now() + hours * 3_600_000);
    await watchStates(context, quietLogger, later(23));
    expect(await openOnes()).toBe(1);
    await watchStates(context, quietLogger, later(24.1));
    expect(await openOnes()).toBe(0);
    expect(await outbox(eq(deliveries.sourceId, sourceId))).toHaveLength(1);
  });

  it("a digest goes out once a week, and not for the week before a channel was made", async () => {
    const { id } = await addChannel({ config: { type: "slack" }, alerts: ["weekly-digest"] });
    // The second Monday from now on, at eight: whatever day this is run.
    const today = new Date().setUTCHours(8, 0, 10, 0);
    const monday = new Date(today + (15 - new Date(today).getUTCDay()) * 86_400_000);
    await watchStates(context, quietLogger, new Date());
    expect(await outbox(eq(deliveries.channelId, id))).toEqual([]);
    await Promise.all([watchStates(context, quietLogger, monday), watchStates(context, quietLogger, monday)]);
    await watchStates(context, quietLogger, new Date(monday.getTime() + 3_600_000));
    expect(await outbox(eq(deliveries.channelId, id))).toMatchObject([
      { kind: "digest", dedupeKey: `digest:${monday.toISOString().slice(0, 10)}` },
    ]);
  });

  it("a digest counts a missed time in the week in which it was given up", async () => {
    const sourceId = await insertSource(context.db, serverId);
    const { id } = await addChannel({ config: { type: "slack" }, alerts: ["weekly-digest"], sourceIds: [sourceId] });
    const today = new Date().setUTCHours(8, 0, 10, 0);
    const monday = today + (15 - new Date(today).getUTCDay()) * 86_400_000;
    const after = (hours: number) => new Date(monday + hours * 3_600_000);
    const times = { nominalAt: after(-8.5), startAt: after(-8.5), expiresAt: after(2) };
    const slot = { id: `slt_${sourceId.slice(4)}`, sourceId, task: "differential", ...times } as const;
    await context.db.insert(slots).values({ ...slot, state: "waiting" });
    await watchStates(context, quietLogger, after(0));
    await context.db
      .update(slots)
      .set({ state: "missed", reason: "no-worker", settledAt: after(1.5) })
      .where(eq(slots.id, slot.id));
    await watchStates(context, quietLogger, after(7 * 24));
    expect((await outbox(and(eq(deliveries.channelId, id), eq(deliveries.kind, "digest")))).map(({ payload }) => payload)).toMatchObject([
      { params: { missed: 0 } },
      { params: { missed: 1 } },
    ]);
  });

  it("a dead-man's switch hears of runs, and another one that the worker lives", async () => {
    const url = `${receiver.url}/ping/abc`;
    await addChannel({ config: { type: "healthchecks", on: "backups" } }, url);
    await addChannel({ config: { type: "healthchecks", on: "alive" } }, `${receiver.url}/alive`);
    const sourceId = await insertSource(context.db, serverId);
    const runId = await insertRun(context.db, { type: "backup", subject: sourceId, sourceId, state: "queued" });
    await context.db.update(runs).set({ state: "running" }).where(eq(runs.id, runId));
    await context.db.update(runs).set({ state: "failed", finishedAt: new Date() }).where(eq(runs.id, runId));
    await dispatchAll(context, quietLogger);
    await watchStates(context, quietLogger);
    await watchStates(context, quietLogger);
    await sendAll();
    const paths = receiver.requests.map(({ path }) => path.replace(/\?rid=.*/, ""));
    expect(paths.filter((path) => path !== "/alive")).toEqual(["/ping/abc/start", "/ping/abc/fail"]);
    expect(paths.filter((path) => path === "/alive")).toHaveLength(1);
  });
});
