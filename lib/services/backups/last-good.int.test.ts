import { readFileSync } from "node:fs";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { backups } from "#lib/db/schema/backups";
import { insertBackup, insertDestination, insertServer, insertSource } from "#lib/testing/catalogue-rows";
import { type TestContext, testContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { loadLastFacts } from "../sources/facts.ts";
import { findDueSources } from "./auto-backup.ts";
import { backUpIfStale } from "./back-up-if-stale.ts";
import { findLastGoodAt } from "./last-good.ts";

let home: TestCatalogue;
let context: TestContext;
let serverId: string;
let destinationId: string;
let sourceId: string;
const hourMs = 3_600_000;
const started = Date.now();
const hoursAgo = (hours: number) => new Date(started - hours * hourMs);
const aYear = 365 * 24;

beforeAll(async () => {
  home = await createCatalogue();
  context = testContext(home.catalogue);
  serverId = await insertServer(context.db);
  destinationId = await insertDestination(context.db);
});
beforeEach(async () => {
  sourceId = await insertSource(context.db, serverId, { name: "Shop" });
});
afterAll(() => home.drop());

const backup = (snapshot: number, catalogue = snapshot) =>
  insertBackup(context.db, { sourceId, destinationId }, { snapshotAt: hoursAgo(snapshot), startedAt: hoursAgo(catalogue) });
const lastGood = async () => (await loadLastFacts(context.db, [{ id: sourceId, name: "Shop" }]))(sourceId).lastGood;

it("takes a backup of a server whose clock is a year ahead for as old as the catalogue knows it to be", async () => {
  const id = await backup(-aYear, 30);
  expect(await findLastGoodAt(context.db, sourceId)).toEqual(hoursAgo(30));
  expect(await lastGood()).toEqual({ id, at: hoursAgo(30) });
  expect(await findDueSources(context.db)).toContain(sourceId);
  expect(await backUpIfStale(context, { sourceId, maxAgeSeconds: 3600 })).toMatchObject({ state: "started" });
});

it("knows a newer one beside it, whichever clock was right", async () => {
  await backup(50);
  await backup(-aYear, 30);
  expect(await lastGood()).toMatchObject({ at: hoursAgo(30) });
  const right = await backup(20);
  expect(await lastGood()).toEqual({ id: right, at: hoursAgo(20) });
  expect(await findLastGoodAt(context.db, sourceId)).toEqual(hoursAgo(20));
  expect(await findDueSources(context.db)).not.toContain(sourceId);
  const ahead = await backup(-2 * aYear, 10);
  await backup(-3 * aYear, 15);
  expect(await lastGood()).toEqual({ id: ahead, at: hoursAgo(10) });
});

it("believes a clock that is ten minutes ahead, and one that is behind", async () => {
  await backup(20, 10);
  expect(await lastGood()).toMatchObject({ at: hoursAgo(20) });
  await backup(9 - 10 / 60, 9);
  expect(await lastGood()).toMatchObject({ at: hoursAgo(9 - 10 / 60) });
  await backup(8 - 11 / 60, 8);
  expect(await lastGood()).toMatchObject({ at: hoursAgo(8) });
});

it("takes nothing for fresh that a catalogue ten years ahead has dated, and goes by the next one of a right clock", async () => {
  const id = await backup(-10 * aYear);
  expect(await lastGood()).toEqual({ id, at: hoursAgo(-10 * aYear) });
  expect(await findDueSources(context.db)).toContain(sourceId);
  expect(await backUpIfStale(context, { sourceId, maxAgeSeconds: 7 * 86_400 })).toMatchObject({ state: "started", ageSeconds: null });
  const right = await backup(3);
  expect(await lastGood()).toEqual({ id: right, at: hoursAgo(3) });
  expect(await findLastGoodAt(context.db, sourceId)).toEqual(hoursAgo(3));
  expect(await findDueSources(context.db)).not.toContain(sourceId);
});

it("learns from the migration when the data of the synthetic fulls there are were taken", async () => {
  const ahead = await backup(-aYear, 30);
  const synthetic = (derivedFromId: string, snapshot: number, catalogue: number) =>
    insertBackup(
      context.db,
      { sourceId, destinationId },
      { origin: "synthetic", derivedFromId, snapshotAt: hoursAgo(snapshot), startedAt: hoursAgo(catalogue) },
    );
  const made = await synthetic(ahead, -aYear, 5);
  const again = await synthetic(made, -aYear, 4);
  const ofGone = await synthetic("bkp_gone", 40, 3);
  await home.catalogue.sql`alter table lifeboat.backups drop column data_taken_at`;
  await home.catalogue.sql.unsafe(readFileSync(new URL("../../../drizzle/0015_data-taken-at.sql", import.meta.url), "utf8"));
  const takenAt = async (id: string) => (await context.db.select().from(backups).where(eq(backups.id, id)))[0]?.dataTakenAt;
  expect(await Promise.all([ahead, made, again, ofGone].map(takenAt))).toEqual([null, hoursAgo(30), hoursAgo(4), hoursAgo(40)]);
});
