import { and, eq, isNull } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { alerts } from "#lib/db/schema/alerts";
import { backups } from "#lib/db/schema/backups";
import { copies } from "#lib/db/schema/copies";
import { gates } from "#lib/db/schema/gates";
import { runSteps } from "#lib/db/schema/run-steps";
import { runs } from "#lib/db/schema/runs";
import { slots } from "#lib/db/schema/slots";
import { sources } from "#lib/db/schema/sources";
import { validations } from "#lib/db/schema/validations";
import { insertBackup, insertDestination, insertRun, insertServer, insertSource, newId } from "#lib/testing/catalogue-rows";
import { testContext, type TestContext } from "#lib/testing/context";
import { insertDrill } from "#lib/testing/drill-rows";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { quietLogger } from "#lib/testing/quiet-logger";
import { drills } from "#lib/db/schema/drills";
import { dispatchAll } from "./dispatch.ts";
import { watchStates } from "./watch.ts";

let test: TestCatalogue;
let context: TestContext;
let serverId: string;
let destinationId: string;

beforeAll(async () => {
  test = await createCatalogue();
  context = testContext(test.catalogue);
  serverId = await insertServer(context.db);
  destinationId = await insertDestination(context.db);
});
afterAll(() => test.drop());

const newSource = (change: Partial<typeof sources.$inferInsert> = {}) => insertSource(context.db, serverId, change);

async function openOf(sourceId: string) {
  await dispatchAll(context, quietLogger);
  return context.db
    .select({ code: alerts.code, count: alerts.count, params: alerts.params })
    .from(alerts)
    .where(and(eq(alerts.sourceId, sourceId), isNull(alerts.resolvedAt)))
    .orderBy(alerts.code);
}

async function endedRun(sourceId: string, state: "succeeded" | "failed" | "cancelled", change: Partial<typeof runs.$inferInsert> = {}) {
  const id = await insertRun(context.db, { type: "backup", sourceId, state: "running", ...change });
  const error = state === "failed" ? ({ code: "connection-refused", params: { host: "db", port: 5432 } } as const) : null;
  await context.db.update(runs).set({ state, error }).where(eq(runs.id, id));
  return id;
}

async function newSlot(sourceId: string, change: Partial<typeof slots.$inferInsert> = {}) {
  const id = newId("slot");
  const at = new Date("2026-11-22T23:00:00.000Z");
  await context.db
    .insert(slots)
    .values({ id, sourceId, task: "incremental", nominalAt: at, state: "started", startAt: at, expiresAt: at, ...change });
  return id;
}

describe("what happens becomes alerts", () => {
  it("a backup that somebody started and that failed, until the next good one; a cancelled one is none", async () => {
    const sourceId = await newSource();
    await endedRun(sourceId, "cancelled");
    expect(await openOf(sourceId)).toEqual([]);
    const runId = await endedRun(sourceId, "failed");
    const params = { runId, error: "connection-refused", "error.host": "db", "error.port": 5432 };
    expect(await openOf(sourceId)).toEqual([{ code: "backup-failed", count: 1, params }]);
    await endedRun(sourceId, "succeeded");
    expect(await openOf(sourceId)).toEqual([]);
  });

  it("a scheduled one when its retries are used up, not before", async () => {
    const sourceId = await newSource();
    const slotId = await newSlot(sourceId);
    const runId = await endedRun(sourceId, "failed", { slotId });
    expect(await openOf(sourceId)).toEqual([]);
    await context.db.update(slots).set({ state: "waiting" }).where(eq(slots.id, slotId));
    expect(await openOf(sourceId)).toEqual([]);
    await context.db.update(slots).set({ state: "failed", runId }).where(eq(slots.id, slotId));
    expect(await openOf(sourceId)).toMatchObject([{ code: "backup-failed", params: { runId, error: "connection-refused" } }]);
  });

  it("no scheduled one that somebody cancelled", async () => {
    const sourceId = await newSource();
    const slotId = await newSlot(sourceId);
    const runId = await endedRun(sourceId, "cancelled", { slotId });
    await context.db.update(slots).set({ state: "failed", runId }).where(eq(slots.id, slotId));
    expect(await openOf(sourceId)).toEqual([]);
  });

  it("a missed backup, not a missed verification, a skipped backup or a gate's", async () => {
    const sourceId = await newSource();
    await newSlot(sourceId, { state: "skipped", reason: "paused" });
    await newSlot(sourceId, { state: "missed", task: "verify", reason: "not-running" });
    await endedRun(sourceId, "failed", { gateId: "gat_1" });
    expect(await openOf(sourceId)).toEqual([]);
    await newSlot(sourceId, { state: "missed", reason: "not-running" });
    await newSlot(sourceId, { state: "missed", reason: "clock-jump" });
    expect(await openOf(sourceId)).toMatchObject([
      { code: "backup-missed", count: 2, params: { task: "incremental", reason: "clock-jump" } },
    ]);
    await endedRun(sourceId, "succeeded");
    expect(await openOf(sourceId)).toEqual([]);
  });

  it("a clean-up that failed, did not start or was held back by a wrong clock, until the next one that does its work", async () => {
    const sourceId = await newSource({ retentionPolicyId: "pol_00000000000070008000000000000003" });
    const ended = (state: "succeeded" | "failed" | "cancelled", change: Partial<typeof runs.$inferInsert> = {}) =>
      endedRun(sourceId, state, { type: "clean-up", ...change });
    const purge = { input: { purgeOnly: true } };
    const open = async () => (await openOf(sourceId)).map(({ code, params }) => [code, params["trashOnly"]]);
    await ended("cancelled");
    expect(await openOf(sourceId)).toEqual([]);
    // Emptying the trash failed: that is over when it is empty.
    await ended("failed", purge);
    expect(await open()).toEqual([["clean-up-failed", true]]);
    await ended("succeeded", purge);
    expect(await openOf(sourceId)).toEqual([]);
    // That the trash can be emptied says nothing of the policy.
    const runId = await ended("failed");
    expect(await openOf(sourceId)).toMatchObject([
      { code: "clean-up-failed", count: 1, params: { runId, trashOnly: false, error: "connection-refused" } },
    ]);
    await ended("failed", purge);
    await ended("succeeded", purge);
    expect(await open()).toEqual([["clean-up-failed", false]]);
    await ended("succeeded");
    expect(await openOf(sourceId)).toEqual([]);
    // Scheduled ones: when the retries are used up, and when nobody took it.
    const slotId = await newSlot(sourceId, { task: "clean-up" });
    const scheduled = await ended("failed", { slotId });
    expect(await openOf(sourceId)).toEqual([]);
    await context.db.update(slots).set({ state: "failed", runId: scheduled }).where(eq(slots.id, slotId));
    expect(await openOf(sourceId)).toMatchObject([{ code: "clean-up-failed", params: { runId: scheduled } }]);
    await ended("succeeded");
    await newSlot(sourceId, { task: "clean-up", state: "missed", reason: "no-worker" });
    expect(await openOf(sourceId)).toMatchObject([{ code: "clean-up-failed", params: { reason: "no-worker", trashOnly: false } }]);
    await ended("succeeded");
    const held = await insertRun(context.db, { type: "clean-up", sourceId, state: "running" });
    await context.db.insert(runSteps).values({ runId: held, ordinal: 1, code: "trash", state: "done", facts: { heldByClock: true } });
    await context.db.update(runs).set({ state: "succeeded" }).where(eq(runs.id, held));
    expect(await openOf(sourceId)).toMatchObject([{ code: "clean-up-failed", params: { runId: held, clock: true } }]);
    // A source that keeps everything, with an empty trash, has nothing left to be cleaned up.
    await context.db.update(sources).set({ retentionPolicyId: null }).where(eq(sources.id, sourceId));
    await watchStates(context, quietLogger);
    expect(await openOf(sourceId)).toEqual([]);
  });

  it("a copy that failed its verification, until none that can be restored is bad", async () => {
    const sourceId = await newSource();
    const [one, other] = [
      await insertBackup(context.db, { sourceId, destinationId }),
      await insertBackup(context.db, { sourceId, destinationId }),
    ];
    const bad = { failedAt: new Date(), failure: { code: "pack-damaged", params: { key: "k", detail: "d" } } as const };
    for (const id of [one, other]) await context.db.update(copies).set(bad).where(eq(copies.backupId, id));
    await endedRun(sourceId, "failed", { type: "verify" });
    expect(await openOf(sourceId)).toMatchObject([{ code: "verification-failed", count: 3 }]);
    await context.db.update(copies).set({ failedAt: null, failure: null }).where(eq(copies.backupId, one));
    await endedRun(sourceId, "succeeded", { type: "verify" });
    expect(await openOf(sourceId)).toHaveLength(1);
    await context.db.update(copies).set({ failedAt: null, failure: null }).where(eq(copies.backupId, other));
    expect(await openOf(sourceId)).toEqual([]);
  });

  it("a verification that could not look, until one passes: that something else goes, or passed before, proves nothing", async () => {
    const sourceId = await newSource();
    const [one, other] = [
      await insertBackup(context.db, { sourceId, destinationId }, {}, { failedAt: new Date() }),
      await insertBackup(context.db, { sourceId, destinationId }),
    ];
    const codes = async () => (await openOf(sourceId)).map(({ code }) => code);
    const changed = (id: string, state: "trashed" | "deleting") => context.db.update(backups).set({ state }).where(eq(backups.id, id));
    await endedRun(sourceId, "failed", { type: "verify" });
    expect(await codes()).toEqual(["verification-failed"]);
    await context.db.update(copies).set({ failedAt: null }).where(eq(copies.backupId, one));
    expect(await codes()).toEqual(["verification-failed"]);
    await changed(one, "trashed");
    expect(await codes()).toEqual(["verification-failed"]);
    await changed(one, "deleting");
    expect(await codes()).toEqual(["verification-failed"]);
    await endedRun(sourceId, "succeeded", { type: "verify-chain" });
    expect(await codes()).toEqual([]);
    // Where nothing is left there is nothing to verify any more.
    await endedRun(sourceId, "failed", { type: "verify" });
    expect(await codes()).toEqual(["verification-failed"]);
    await changed(other, "trashed");
    expect(await codes()).toEqual([]);
  });

  it("a verification that found a bad backup, until that one goes", async () => {
    const sourceId = await newSource();
    const backupId = await insertBackup(context.db, { sourceId, destinationId });
    await insertBackup(context.db, { sourceId, destinationId });
    const runId = await endedRun(sourceId, "failed", { type: "verify", backupId });
    const verdict = { id: newId("validation"), backupId, runId, level: "verified", verdict: "failed", checks: [], durationMs: 1 } as const;
    await context.db.insert(validations).values({ ...verdict, checks: [], at: new Date() });
    await context.db.update(copies).set({ failedAt: new Date() }).where(eq(copies.backupId, backupId));
    expect(await openOf(sourceId)).toMatchObject([{ code: "verification-failed" }]);
    await context.db.update(backups).set({ state: "trashed" }).where(eq(backups.id, backupId));
    expect(await openOf(sourceId)).toEqual([]);
  });

  it("a drill that was closed as failed, until one passes", async () => {
    const sourceId = await newSource();
    const close = async (verdict: "failed" | "passed") => {
      const id = await insertDrill(context.db, sourceId, { state: "closing" });
      await context.db.update(drills).set({ state: "closed", verdict, closedAt: new Date() }).where(eq(drills.id, id));
      return id;
    };
    const drillId = await close("failed");
    expect(await openOf(sourceId)).toEqual([{ code: "drill-failed", count: 1, params: { drillId } }]);
    await close("passed");
    expect(await openOf(sourceId)).toEqual([]);
  });

  it("a deployment that was stopped, not one that somebody cancelled, until one passes", async () => {
    const sourceId = await newSource();
    const gate = async (state: "failed" | "passed", code?: "gate-cancelled" | "gate-check-failed") => {
      const id = newId("gate");
      const at = new Date();
      await context.db.insert(gates).values({
        id,
        sourceId,
        state: "checking",
        kind: "full",
        commit: "abc123",
        checker: "none",
        createdByType: "system",
        createdByName: "test",
        startedAt: at,
        deadlineAt: at,
      });
      await context.db
        .update(gates)
        .set({ state, error: code === undefined ? null : { code, params: {} } })
        .where(eq(gates.id, id));
      return id;
    };
    await gate("failed", "gate-cancelled");
    expect(await openOf(sourceId)).toEqual([]);
    const gateId = await gate("failed", "gate-check-failed");
    expect(await openOf(sourceId)).toMatchObject([
      { code: "gate-failed", params: { gateId, commit: "abc123", error: "gate-check-failed" } },
    ]);
    await gate("passed");
    expect(await openOf(sourceId)).toEqual([]);
  });

  it("nothing for the sample; and what a source leaves open ends with it", async () => {
    const sample = await newSource({ isSample: true });
    await endedRun(sample, "failed");
    expect(await openOf(sample)).toEqual([]);
    const sourceId = await newSource();
    await endedRun(sourceId, "failed");
    expect(await openOf(sourceId)).toHaveLength(1);
    await context.db.update(sources).set({ removedAt: new Date() }).where(eq(sources.id, sourceId));
    await watchStates(context, quietLogger);
    expect(await openOf(sourceId)).toEqual([]);
  });
});
