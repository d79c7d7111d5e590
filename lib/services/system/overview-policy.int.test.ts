import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ChannelConfig } from "#lib/contracts/notifications";
import { channels } from "#lib/db/schema/channels";
import { deliveries } from "#lib/db/schema/deliveries";
import { installation } from "#lib/db/schema/installation";
import { schedules } from "#lib/db/schema/schedules";
import { slots } from "#lib/db/schema/slots";
import { sources } from "#lib/db/schema/sources";
import type { AlertCode, DeliveryState } from "#lib/domain/alert-codes";
import type { Params } from "#lib/domain/error";
import { insertBackup, insertDestination, insertServer, insertSource, insertWorker, newId } from "#lib/testing/catalogue-rows";
import { testActor, type TestContext, testContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { openAlert, resolveAlert } from "../notifications/alerts.ts";
import { getSource } from "../sources/get.ts";
import { getSourceStatus } from "../status/get.ts";
import { getOverview } from "./overview.ts";

const nothing = { params: {}, query: {}, body: {}, ifMatch: null };
const dayMs = 86_400_000;

let home: TestCatalogue;
let context: TestContext;
let serverId: string;
let destinationId: string;
let sourceId: string;
/** Noon today, so that a day has an hour before and an hour to come. */
const noon = new Date(Math.floor(Date.now() / dayMs) * dayMs + dayMs / 2);
const hoursAgo = (hours: number) => new Date(noon.getTime() - hours * 3_600_000);

beforeAll(async () => {
  home = await createCatalogue();
  context = testContext(home.catalogue, { actor: testActor("viewer"), now: () => noon });
  serverId = await insertServer(context.db);
  destinationId = await insertDestination(context.db);
  // Alive for as long as all of this takes.
  await insertWorker(context.db, { heartbeatAt: new Date(Date.now() + 3_600_000) });
  await context.db.insert(installation).values({ id: "installation", createdAt: noon, lastSeenAt: noon });
});
beforeEach(async () => {
  // Each test has one source that counts.
  await context.db.update(sources).set({ removedAt: noon });
  sourceId = await insertSource(context.db, serverId, { name: "Shop", createdAt: hoursAgo(5000) });
});
afterAll(() => home.drop());

const overview = async (now = noon) => {
  const { verdict, needsYou } = await getOverview({ ...context, now: () => now }, nothing);
  return { ...verdict, needs: needsYou.map(({ code }) => code) };
};
const backup = (hours: number) =>
  insertBackup(context.db, { sourceId, destinationId }, { snapshotAt: hoursAgo(hours) }, { verifiedAt: hoursAgo(hours) });
const slot = (hours: number, change: Partial<typeof slots.$inferInsert> = {}) => {
  const at = hoursAgo(hours);
  return context.db
    .insert(slots)
    .values({ id: newId("slot"), sourceId, task: "full", nominalAt: at, startAt: at, expiresAt: at, state: "missed", ...change });
};
const schedule = (hoursAhead: number, change: Partial<typeof schedules.$inferInsert> = {}) =>
  context.db.insert(schedules).values({
    id: newId("schedule"),
    sourceId,
    task: "full",
    cron: "0 23 * * *",
    timeZone: "UTC",
    nextDueAt: hoursAgo(-hoursAhead),
    createdAt: noon,
    updatedAt: noon,
    ...change,
  });
const shown = async () => getSource(context, { ...nothing, params: { id: sourceId } });

describe("the verdict", () => {
  it("takes a source by its own schedules: a week is not old for one that is backed up weekly, two hours are for one that is every hour", async () => {
    await backup(6 * 24);
    expect(await overview()).toMatchObject({ code: "some-old", needs: ["backup-old"] });
    await context.db
      .update(sources)
      .set({ expectedEverySeconds: 7 * 86_400 })
      .where(eq(sources.id, sourceId));
    expect(await overview()).toMatchObject({ code: "all-good", level: "good", needs: [] });
    expect(await shown()).toMatchObject({ objectiveSeconds: 7 * 86_400 + 7200, objectiveMet: true });
    await backup(2);
    await context.db.update(sources).set({ expectedEverySeconds: 3600 }).where(eq(sources.id, sourceId));
    expect(await overview()).toMatchObject({ code: "some-old" });
    expect(await shown()).toMatchObject({ objectiveSeconds: 4200, objectiveMet: false });
  });

  it("tells a missed backup until a good one was made after it; a missed verification is none", async () => {
    // Which of two backups is the last good one is told by the catalogue's clock: none of them may be still to come.
    const now = new Date();
    const ago = (hours: number) => hours + (noon.getTime() - now.getTime()) / 3_600_000;
    await backup(ago(10));
    await slot(ago(5), { task: "verify" });
    expect(await overview(now)).toMatchObject({ code: "all-good", needs: [] });
    await slot(ago(4));
    await slot(ago(3));
    expect(await overview(now)).toMatchObject({ code: "some-missed", level: "attention", affected: 1, needs: ["backup-missed"] });
    await context.db
      .update(sources)
      .set({ pausedAt: hoursAgo(ago(1)) })
      .where(eq(sources.id, sourceId));
    expect(await overview(now)).toMatchObject({ code: "all-good", paused: 1, needs: [] });
    await context.db.update(sources).set({ pausedAt: null }).where(eq(sources.id, sourceId));
    await backup(ago(2));
    expect(await overview(now)).toMatchObject({ code: "all-good", needs: [] });
  });

  it("is not good when a schedule is due and nobody has taken it, though workers are alive", async () => {
    const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
    await insertBackup(context.db, { sourceId, destinationId }, { snapshotAt: minutesAgo(60) }, { verifiedAt: minutesAgo(50) });
    await schedule(0, { nextDueAt: minutesAgo(5) });
    await schedule(0, { nextDueAt: minutesAgo(20), enabled: false });
    await schedule(0, { nextDueAt: minutesAgo(20), task: "verify" });
    // What is due is told by the catalogue's clock.
    expect(await overview(new Date())).toMatchObject({ level: "good", needs: [] });
    await schedule(0, { nextDueAt: minutesAgo(20) });
    expect(await overview(new Date())).toMatchObject({ code: "some-missed", needs: ["backup-missed"] });
  });

  it("forgets what a clock that was ahead had missed, until that time comes", async () => {
    await backup(1);
    await slot(-24 * 365);
    expect(await overview()).toMatchObject({ level: "good", needs: [] });
    await slot(0.5);
    expect(await overview()).toMatchObject({ code: "some-missed", needs: ["backup-missed"] });
  });

  it("is not good while the clock is not trusted or a destination is away", async () => {
    await backup(1);
    await context.db.update(installation).set({ clockSuspectSince: noon });
    expect(await overview()).toMatchObject({ code: "clock-suspect", level: "attention", needs: ["clock-suspect"] });
    await context.db.update(installation).set({ clockSuspectSince: null });
    const away = { code: "destination-unreachable", subject: destinationId } as const;
    await context.db.transaction((tx) => openAlert(tx, context, { ...away, sourceId: null, params: {} }));
    expect(await overview()).toMatchObject({ code: "destination-unreachable", level: "bad", needs: ["destination-unreachable"] });
    await context.db.transaction((tx) => resolveAlert(tx, context, away));
    expect(await overview()).toMatchObject({ level: "good", needs: [] });
  });
});

describe("what is open", () => {
  const change = (act: typeof openAlert | typeof resolveAlert, code: AlertCode, params: Params = {}) =>
    context.db.transaction((tx) => act(tx, context, { code, subject: sourceId, sourceId, params }));

  it("keeps the verdict and the source's own state from being good, and is asked for until it is resolved", async () => {
    const backupId = await backup(1);
    expect(await overview()).toMatchObject({ level: "good", needs: [] });
    for (const [code, need] of [
      ["size-anomaly", "size-odd"],
      ["gate-failed", "gate-failed"],
      ["clean-up-failed", "clean-up-failed"],
      ["verification-failed", "verify-failed"],
    ] as const) {
      await change(openAlert, code, { backupId });
      const { needsYou } = await getOverview(context, nothing);
      expect(needsYou).toMatchObject([{ code: need, sourceId, backupId, since: noon.toISOString() }]);
      expect(await overview()).toMatchObject({ code: "some-alerts", level: "attention", affected: 1 });
      const status = await getSourceStatus(context, { ...nothing, params: { id: sourceId } });
      expect(status).toMatchObject({ level: "attention", openAlerts: 1 });
      await change(resolveAlert, code);
      expect(await overview()).toMatchObject({ level: "good", needs: [] });
    }
  });

  it("is told of a disk that is nearly full, though the largest backup still fits", async () => {
    await backup(1);
    await change(openAlert, "disk-nearly-full");
    expect(await overview()).toMatchObject({ code: "no-space", level: "attention", needs: ["no-space"] });
    await change(resolveAlert, "disk-nearly-full");
  });

  it("is told of a channel whose last message did not arrive, as long as it is used", async () => {
    await backup(1);
    const channelId = newId("channel");
    const config = { type: "ntfy", server: "https://ntfy.example", topic: "t" } as unknown as ChannelConfig;
    await context.db.insert(channels).values({ id: channelId, name: "Phone", config, createdAt: noon, updatedAt: noon });
    const message = (hours: number, state: DeliveryState, attempts: number) => {
      const at = hoursAgo(hours);
      const of = { channelId, kind: "alert" as const, code: "backup-failed", payload: {}, dedupeKey: `${hours}`, createdAt: at };
      return context.db.insert(deliveries).values({ ...of, id: newId("delivery"), state, attempts, nextAttemptAt: at });
    };
    await message(9, "failed", 8);
    expect(await overview()).toMatchObject({ code: "channel-failing", level: "attention", needs: ["channel-failing"] });
    await message(8, "sent", 1);
    await message(7, "pending", 2);
    expect(await overview()).toMatchObject({ level: "good", needs: [] });
    await message(6, "pending", 3);
    expect(await overview()).toMatchObject({ needs: ["channel-failing"] });
    await context.db.update(channels).set({ enabled: false });
    expect(await overview()).toMatchObject({ level: "good", needs: [] });
  });
});

describe("a source", () => {
  const today = noon.toISOString().slice(0, 10);
  const yesterday = hoursAgo(24).toISOString().slice(0, 10);

  it("shows on its strip what was missed, and today what is still to come", async () => {
    await slot(24);
    await slot(25, { task: "clean-up" });
    await slot(1, { state: "waiting" });
    await schedule(5);
    await schedule(6, { enabled: false });
    await schedule(7, { task: "verify" });
    await schedule(30);
    const { strip } = await shown();
    expect(strip.find(({ day }) => day === yesterday)).toEqual({ day: yesterday, good: 0, failed: 0, missed: 1, planned: 0 });
    expect(strip.find(({ day }) => day === today)).toEqual({ day: today, good: 0, failed: 0, missed: 0, planned: 2 });
  });

  it("says when its next backup starts: what waits, else the next time that no pause passes over", async () => {
    expect((await shown()).nextBackupAt).toBeNull();
    await schedule(3, { pausedUntil: hoursAgo(-4) });
    await schedule(2, { task: "verify" });
    expect((await shown()).nextBackupAt).toBeNull();
    await schedule(9);
    await schedule(5, { pausedUntil: hoursAgo(-4) });
    expect((await shown()).nextBackupAt).toBe(hoursAgo(-5).toISOString());
    await slot(0, { state: "waiting", startAt: hoursAgo(-1) });
    expect((await shown()).nextBackupAt).toBe(hoursAgo(-1).toISOString());
    await context.db
      .update(sources)
      .set({ pausedAt: noon, pausedUntil: hoursAgo(-8) })
      .where(eq(sources.id, sourceId));
    expect((await shown()).nextBackupAt).toBe(hoursAgo(-9).toISOString());
    await context.db.update(sources).set({ pausedUntil: null }).where(eq(sources.id, sourceId));
    expect((await shown()).nextBackupAt).toBeNull();
  });
});
