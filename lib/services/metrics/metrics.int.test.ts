import { randomUUIDv7 } from "node:crypto";
import { and, eq, lt } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { destinations } from "#lib/db/schema/destinations";
import { schedules } from "#lib/db/schema/schedules";
import { slots } from "#lib/db/schema/slots";
import { sources } from "#lib/db/schema/sources";
import { workers } from "#lib/db/schema/workers";
import { makeId } from "#lib/domain/ids";
import { metricsResponse } from "#lib/http/metrics";
import { setRuntime } from "#lib/http/runtime";
import { insertBackup, insertDestination, insertRun, insertServer, insertSource, insertWorker, newId } from "#lib/testing/catalogue-rows";
import { type TestContext, testContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { bearerToken, signedInPerson, type TestRuntime, testRuntime } from "#lib/testing/web-runtime";
import { openAlert } from "../notifications/alerts.ts";
import { getMetrics } from "./get.ts";

let home: TestCatalogue;
let context: TestContext;
let runtime: TestRuntime;
let sourceId: string;
const now = new Date("2026-11-22T12:00:00.000Z");
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);

beforeAll(async () => {
  home = await createCatalogue();
  runtime = testRuntime(home.catalogue);
  setRuntime(runtime);
  context = testContext(home.catalogue, { now: () => now });
  const { db } = context;
  const serverId = await insertServer(db);
  const destinationId = await insertDestination(db);
  // Alive for as long as all of this takes.
  await insertWorker(db, { heartbeatAt: new Date(Date.now() + 3_600_000) });
  await insertSource(db, serverId, { slug: "sample", isSample: true });
  await insertSource(db, serverId, { slug: "till", name: "Till", pausedAt: ago(60) });
  sourceId = await insertSource(db, serverId, { slug: "shop", name: 'Shop "main"', expectedEverySeconds: 3600, createdAt: ago(864_000) });
  await insertBackup(db, { sourceId, destinationId }, { snapshotAt: ago(900), storedBytes: 400 }, { verifiedAt: ago(600) });
  await insertBackup(db, { sourceId, destinationId }, { snapshotAt: ago(9000), storedBytes: 100 });
  await insertRun(db, { sourceId, queuedAt: ago(950), startedAt: ago(940), finishedAt: ago(900) });
  await insertRun(db, { sourceId, type: "verify", state: "failed", queuedAt: ago(95), startedAt: ago(94), finishedAt: ago(90) });
  await insertRun(db, { type: "verify", state: "queued", workerGroup: "east", queuedAt: ago(30) });
  const slot = { sourceId, task: "full" as const, nominalAt: ago(4000), startAt: ago(4000), expiresAt: ago(3000) };
  await db.insert(slots).values({ ...slot, id: newId("slot"), state: "missed", settledAt: ago(3000) });
  await db.insert(schedules).values({
    id: newId("schedule"),
    sourceId,
    task: "full",
    cron: "0 * * * *",
    timeZone: "UTC",
    nextDueAt: new Date(Date.now() - 90_000),
    createdAt: now,
    updatedAt: now,
  });
  await db.transaction((tx) => openAlert(tx, context, { code: "size-anomaly", subject: sourceId, sourceId, params: {} }));
});
afterAll(() => home.drop());

const shop = 'source="shop",name="Shop \\"main\\""';
const linesOf = async () => (await getMetrics(context)).split("\n");

test("ages, objectives, bytes, missed slots and alerts are told of each source, and nothing of the sample", async () => {
  const lines = await linesOf();
  expect(lines).toEqual(
    expect.arrayContaining([
      "lifeboat_sources 2",
      `lifeboat_source_backup_age_seconds{${shop},level="good"} 900`,
      `lifeboat_source_backup_age_seconds{${shop},level="verified"} 600`,
      `lifeboat_source_objective_seconds{${shop}} 4200`,
      `lifeboat_source_objective_met{${shop}} 1`,
      `lifeboat_source_backups{${shop}} 2`,
      `lifeboat_source_stored_bytes{${shop}} 500`,
      `lifeboat_source_missed_slots{${shop}} 1`,
      `lifeboat_source_last_missed_timestamp_seconds{${shop}} ${ago(3000).getTime() / 1000}`,
      `lifeboat_source_created_timestamp_seconds{${shop}} ${ago(864_000).getTime() / 1000}`,
      `lifeboat_source_open_alerts{${shop}} 1`,
      'lifeboat_source_paused{source="till",name="Till"} 1',
      'lifeboat_source_objective_met{source="till",name="Till"} 0',
      'lifeboat_alerts_open{code="size-anomaly"} 1',
    ]),
  );
  expect(lines.join("\n")).not.toContain('source="sample"');
  expect(lines.some((line) => line.startsWith("lifeboat_source_backup_age_seconds") && line.includes("proven"))).toBe(false);
});

test("a missed time is told for a day; forgetting old ones looks like no new one", async () => {
  const [till] = await context.db.select({ id: sources.id }).from(sources).where(eq(sources.slug, "till"));
  const tillId = till?.id ?? "";
  const days = [30, 3, 2].map((count) => ago(count * 86_400));
  for (const at of days) {
    const times = { nominalAt: at, startAt: at, expiresAt: at, settledAt: at };
    await context.db.insert(slots).values({ id: newId("slot"), sourceId: tillId, task: "full", state: "missed", ...times });
  }
  const told = async () => (await linesOf()).filter((line) => line.includes("missed") && line.includes('"till"'));
  const labels = '{source="till",name="Till"}';
  const before = await told();
  expect(before).toEqual([
    `lifeboat_source_missed_slots${labels} 0`,
    `lifeboat_source_last_missed_timestamp_seconds${labels} ${ago(2 * 86_400).getTime() / 1000}`,
  ]);
  await context.db.delete(slots).where(and(eq(slots.sourceId, tillId), lt(slots.nominalAt, ago(5 * 86_400))));
  expect(await told()).toEqual(before);
});

test("runs, the queue, the scheduler's lag and disks are told", async () => {
  const lines = await linesOf();
  expect(lines).toEqual(
    expect.arrayContaining([
      'lifeboat_runs_total{type="backup",state="succeeded"} 1',
      'lifeboat_runs_total{type="verify",state="failed"} 1',
      'lifeboat_runs_active{type="verify",state="queued"} 1',
      'lifeboat_queue_depth{group="east"} 1',
      'lifeboat_queue_oldest_seconds{group="east"} 30',
      'lifeboat_run_duration_seconds_bucket{type="backup",state="succeeded",le="15"} 0',
      'lifeboat_run_duration_seconds_bucket{type="backup",state="succeeded",le="60"} 1',
      'lifeboat_run_duration_seconds_sum{type="backup",state="succeeded"} 40',
      'lifeboat_workers_alive{group="default"} 1',
      'lifeboat_destination_free_bytes{destination="Local"} 10000000000',
      'lifeboat_disk_total_bytes{host="host",purpose="backups",path="/backups"} 20000000000',
      "lifeboat_clock_suspect 0",
    ]),
  );
  const lag = Number(lines.find((line) => line.startsWith("lifeboat_scheduler_lag_seconds "))?.split(" ")[1]);
  expect(lag).toBeGreaterThanOrEqual(90);
  expect(lag).toBeLessThan(600);
});

test("a group whose workers were stopped, or never came, is told as one without a worker", async () => {
  const { db } = context;
  await insertServer(db, { workerGroup: "paris" });
  const stopped = await insertWorker(db, { group: "paris", heartbeatAt: new Date(Date.now() + 3_600_000) });
  const told = async () => (await linesOf()).filter((line) => line.startsWith("lifeboat_workers_alive{"));
  expect(await told()).toEqual(['lifeboat_workers_alive{group="default"} 1', 'lifeboat_workers_alive{group="paris"} 1']);
  await db.update(workers).set({ stoppedAt: new Date() }).where(eq(workers.id, stopped));
  expect(await told()).toEqual(['lifeboat_workers_alive{group="default"} 1', 'lifeboat_workers_alive{group="paris"} 0']);
});

test("a worker that was killed and started again under its name and number is one series, with the newer one's age", async () => {
  const { db } = context;
  const again = { hostName: "box", group: "east", pid: 17 };
  await insertWorker(db, { ...again, heartbeatAt: new Date(Date.now() - 3_600_000) });
  const newer = new Date(Date.now() + 3_600_000);
  await insertWorker(db, { ...again, heartbeatAt: newer });
  await insertWorker(db, { ...again, pid: 18, heartbeatAt: new Date(Date.now() - 3_600_000) });
  const told = (await linesOf()).filter((line) => line.startsWith('lifeboat_worker_heartbeat_age_seconds{host="box"'));
  expect(told.map((line) => line.split(" ")[0])).toEqual([
    'lifeboat_worker_heartbeat_age_seconds{host="box",group="east",pid="17"}',
    'lifeboat_worker_heartbeat_age_seconds{host="box",group="east",pid="18"}',
  ]);
  expect(Number(told[0]?.split(" ")[1])).toBeCloseTo(Math.max(0, (now.getTime() - newer.getTime()) / 1000), 0);
  await db.delete(workers).where(eq(workers.hostName, "box"));
});

test("what has ended is counted once, whether it is read again or remembered, and as time goes on", async () => {
  const total = async (at: Date) =>
    (await getMetrics({ ...context, now: () => at })).split("\n").find((line) => line.startsWith('lifeboat_runs_total{type="clean-up"'));
  await insertRun(context.db, { type: "clean-up", queuedAt: ago(5), startedAt: ago(5), finishedAt: ago(1) });
  const minutes = (count: number) => new Date(now.getTime() + count * 60_000);
  for (const at of [0, 5, 9, 11, 30, 8, 31])
    expect(await total(minutes(at))).toBe('lifeboat_runs_total{type="clean-up",state="succeeded"} 1');
  await insertRun(context.db, { type: "clean-up", queuedAt: minutes(31), startedAt: minutes(31), finishedAt: minutes(31) });
  expect(await total(minutes(32))).toBe('lifeboat_runs_total{type="clean-up",state="succeeded"} 2');
  expect(await total(minutes(60))).toBe('lifeboat_runs_total{type="clean-up",state="succeeded"} 2');
});

test("two destinations of one name stay two series", async () => {
  await context.db
    .insert(destinations)
    .values({ id: makeId("destination", randomUUIDv7()), type: "local", name: "Local", config: { path: "/backups" }, createdAt: now });
  const names = (await linesOf()).filter((line) => line.startsWith("lifeboat_destination_free_bytes{"));
  expect(names).toHaveLength(2);
  expect(new Set(names.map((line) => line.split("}")[0])).size).toBe(2);
});

test("metrics answer a token with the scope or a session, and nobody else", async () => {
  const ask = (headers: Record<string, string>) => metricsResponse(new Request("http://127.0.0.1:3210/api/metrics", { headers }));
  expect((await ask({})).status).toBe(401);
  expect((await ask({ authorization: "Bearer lbt_nothing" })).status).toBe(401);
  const narrow = await bearerToken(runtime, "admin", { scopes: ["backups:read"] });
  expect((await ask({ authorization: `Bearer ${narrow}` })).status).toBe(403);
  const token = await bearerToken(runtime, "viewer", { scopes: ["system:read"] });
  const answer = await ask({ authorization: `Bearer ${token}` });
  expect([answer.status, answer.headers.get("content-type"), answer.headers.get("cache-control")]).toEqual([
    200,
    "text/plain; version=0.0.4; charset=utf-8",
    "private, no-store",
  ]);
  expect(await answer.text()).toContain("lifeboat_source_objective_met{");
  expect((await ask({ cookie: (await signedInPerson(runtime, "viewer")).cookie })).status).toBe(200);
});
