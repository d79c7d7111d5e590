import { and, eq, isNull } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { alerts } from "#lib/db/schema/alerts";
import { backups } from "#lib/db/schema/backups";
import { workers } from "#lib/db/schema/workers";
import { insertBackup, insertDestination, insertServer, insertSource, insertWorker } from "#lib/testing/catalogue-rows";
import { testContext, type TestContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { quietLogger } from "#lib/testing/quiet-logger";
import { watchStates } from "./watch.ts";

const gib = 1024 ** 3;
let home: TestCatalogue;
let context: TestContext;

beforeAll(async () => {
  home = await createCatalogue();
  context = testContext(home.catalogue);
});
afterAll(() => home.drop());
beforeEach(async () => {
  await context.db.delete(workers);
  await context.db.update(alerts).set({ resolvedAt: new Date() });
});

type Sample = (typeof workers.$inferSelect)["disks"][number];
const sample = (free: number, change: Partial<Sample> = {}): Sample => ({
  purpose: "backups",
  path: "/backups",
  freeBytes: free * gib,
  totalBytes: 100 * gib,
  ...change,
});
const data = { purpose: "data", path: "/data" } as const;

async function openDisks(): Promise<string[]> {
  await watchStates(context, quietLogger);
  const rows = await context.db
    .select({ key: alerts.key })
    .from(alerts)
    .where(and(eq(alerts.code, "disk-nearly-full"), isNull(alerts.resolvedAt)));
  return rows.map(({ key }) => key.slice("disk-nearly-full:".length)).toSorted();
}

/** A worker that stays alive for as long as all of this takes; a larger number was heard of later. */
const seenBy = (order: number, disks: Sample[]) =>
  insertWorker(context.db, { hostName: "h", pid: order, heartbeatAt: new Date(Date.now() + 3_600_000 + order * 1000), disks });
const seesNow = (id: string, disks: Sample[]) => context.db.update(workers).set({ disks }).where(eq(workers.id, id));

it("a disk without room for the next full backup stays told of after a small incremental one", async () => {
  const { db } = context;
  const at = { sourceId: await insertSource(db, await insertServer(db)), destinationId: await insertDestination(db) };
  const worker = await seenBy(1, [sample(50)]);
  const taken = (kind: "full" | "incremental", bytes: number, minute: number) =>
    insertBackup(db, at, { kind, storedBytes: bytes, snapshotAt: new Date(`2026-11-22T02:0${minute}:00.000Z`) });
  const full = await taken("full", 60 * gib, 0);
  expect(await openDisks()).toEqual(["h:/backups"]);
  await taken("incremental", 1024 ** 2, 1);
  expect(await openDisks()).toEqual(["h:/backups"]);
  // It fits to the byte, then with a tenth to spare.
  await seesNow(worker, [sample(60.1)]);
  expect(await openDisks()).toEqual(["h:/backups"]);
  await seesNow(worker, [sample(67)]);
  expect(await openDisks()).toEqual([]);
  await db.update(backups).set({ state: "trashed" }).where(eq(backups.id, full));
  await seesNow(worker, [sample(50)]);
  expect(await openDisks()).toEqual([]);
});

it("a folder that was taken for a disk of its own is over when it has room and lies on another one's", async () => {
  // No worker sees both: they were asked at different times.
  const one = await seenBy(2, [sample(8)]);
  const other = await seenBy(1, [sample(9, data)]);
  expect(await openDisks()).toEqual(["h:/backups", "h:/data"]);
  await seesNow(one, [sample(8)]);
  await seesNow(other, [sample(8, data)]);
  expect(await openDisks()).toEqual(["h:/backups", "h:/data"]);
  await seesNow(one, [sample(50)]);
  await seesNow(other, [sample(50, data)]);
  expect(await openDisks()).toEqual([]);
});
