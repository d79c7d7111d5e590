import { and, eq, isNull } from "drizzle-orm";
import { afterAll, beforeEach, beforeAll, expect, test } from "vitest";
import { alerts } from "#lib/db/schema/alerts";
import { auditEvents } from "#lib/db/schema/audit-events";
import { backupTables } from "#lib/db/schema/backup-tables";
import { fingerprints } from "#lib/db/schema/fingerprints";
import { listFingerprints as contract } from "#lib/contracts/fingerprints";
import type { backups } from "#lib/db/schema/backups";
import type { copies } from "#lib/db/schema/copies";
import { insertBackup, insertDestination, insertServer, insertSource } from "#lib/testing/catalogue-rows";
import { testActor, type TestContext, testContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { getOverview } from "../system/overview.ts";
import { acceptFingerprint } from "./accept.ts";
import { listFingerprints } from "./list.ts";
import { recordFingerprints } from "./record.ts";
import { updateFingerprintSettings } from "./update-settings.ts";

let home: TestCatalogue;
let context: TestContext;
let serverId: string;
let destinationId: string;
let sourceId: string;

/** Noon of a day in November 2026. */
const noon = (day: number) => new Date(Date.UTC(2026, 10, day, 12));
const at = (day: number): TestContext => ({ ...context, now: () => noon(day) });

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

/** A backup of a day with these tables, an hour before noon unless told otherwise. */
async function backup(
  day: number,
  rows: Readonly<Record<string, number>>,
  change: Partial<typeof backups.$inferInsert> = {},
  copy: Partial<typeof copies.$inferInsert> = {},
): Promise<string> {
  const snapshotAt = change.snapshotAt ?? new Date(noon(day).getTime() - 3_600_000);
  const id = await insertBackup(context.db, { sourceId: change.sourceId ?? sourceId, destinationId }, { ...change, snapshotAt }, copy);
  const tables = Object.entries(rows).map(([table, number]) => ({
    backupId: id,
    schema: "public",
    table,
    rows: number,
    bytes: 1,
    sha256: `sha-${table}-${number}`,
  }));
  await context.db.insert(backupTables).values(tables);
  return id;
}

const ask = (days = 90, table?: string) =>
  listFingerprints(at(20), {
    params: { id: sourceId },
    query: { days, ...(table === undefined ? {} : { table }) },
    body: {},
    ifMatch: null,
  });
const openAlerts = () =>
  context.db
    .select()
    .from(alerts)
    .where(and(eq(alerts.sourceId, sourceId), isNull(alerts.resolvedAt)));

test("days further back are settled, also for a server whose clock is a year ahead; a look reads the last days' fingerprints alone", async () => {
  const snapshotAt = new Date(noon(-27).getTime() + 365 * 86_400_000);
  await backup(-27, { orders: 50 }, { snapshotAt, startedAt: noon(-27) });
  expect(await recordFingerprints(at(-19))).toBe(0);
  const fresh = await backup(-20, { orders: 51 }, { snapshotAt, startedAt: noon(-20) });
  expect(await recordFingerprints(at(-19))).toBe(1);
  expect(await recordFingerprints(at(-19))).toBe(0);
  const taken = await context.db.select().from(fingerprints).where(eq(fingerprints.sourceId, sourceId));
  expect(taken.map(({ day, backupId }) => [day, backupId])).toEqual([["2026-10-11", fresh]]);
});

test("a day's fingerprint is that of its newest good backup, and follows when a newer one comes", async () => {
  await backup(3, { orders: 50 }, { snapshotAt: new Date(Date.UTC(2026, 10, 3, 1)) });
  await backup(3, { orders: 70 }, { snapshotAt: new Date(Date.UTC(2026, 10, 3, 3)) }, { failedAt: noon(3) });
  const second = await backup(3, { orders: 60, till: 5 }, { snapshotAt: new Date(Date.UTC(2026, 10, 3, 2)) });
  await backup(3, { orders: 90 }, { snapshotAt: new Date(Date.UTC(2026, 10, 3, 4)), state: "trashed" });
  await backup(3, { orders: 99 }, { snapshotAt: new Date(Date.UTC(2026, 10, 3, 5)), origin: "imported" });
  expect(await recordFingerprints(at(3))).toBe(1);
  expect(await recordFingerprints(at(3))).toBe(0);
  expect((await ask()).items).toMatchObject([{ day: "2026-11-03", backupId: second, rowCount: 65, tableCount: 2, findings: [] }]);
  const third = await backup(3, { orders: 61 });
  expect(await recordFingerprints(at(3))).toBe(1);
  expect((await ask()).items).toMatchObject([{ day: "2026-11-03", backupId: third, rowCount: 61 }]);
  expect(contract.response.parse(await ask())).toEqual(await ask());
});

test("two workers take each fingerprint once, and tell it once", async () => {
  await backup(3, { orders: 1000 });
  await backup(4, { orders: 10 });
  const taken = await Promise.all([recordFingerprints(at(4)), recordFingerprints(at(4)), recordFingerprints(at(4))]);
  expect(taken.reduce((sum, number) => sum + number, 0)).toBe(2);
  expect(await openAlerts()).toMatchObject([
    { code: "fingerprint-diverged", count: 1, params: { day: "2026-11-04", findings: 1, first: "table-shrank" } },
  ]);
  expect(await context.db.select().from(fingerprints).where(eq(fingerprints.sourceId, sourceId))).toHaveLength(2);
});

test("a table that disappears is told on the overview until it has all its rows again", async () => {
  await backup(3, { orders: 100, till: 20 });
  await recordFingerprints(at(3));
  await backup(4, { orders: 101 });
  await recordFingerprints(at(4));
  expect((await ask()).items[0]?.findings).toEqual([{ code: "table-gone", schema: "public", table: "till", params: { from: 20, to: 0 } }]);
  const { needsYou } = await getOverview(at(4), { params: {}, query: {}, body: {}, ifMatch: null });
  expect(needsYou.filter((need) => need.sourceId === sourceId).map(({ code }) => code)).toContain("fingerprint-diverged");
  await backup(5, { orders: 102 });
  await recordFingerprints(at(5));
  expect(await openAlerts()).toMatchObject([{ code: "fingerprint-diverged", params: { day: "2026-11-05", first: "table-gone" } }]);
  await backup(6, { orders: 102, till: 19 });
  await recordFingerprints(at(6));
  expect(await openAlerts()).toMatchObject([{ params: { first: "table-shrank" } }]);
  await backup(7, { orders: 103, till: 20 });
  await recordFingerprints(at(7));
  expect(await openAlerts()).toEqual([]);
});

test("what somebody says was meant is told no more, on that day and the next, until more is lost; it is in the audit log", async () => {
  const named = (code: "table-gone" | "table-shrank", table: string) => ({ code, schema: "public", table });
  const accept = (findings: ReturnType<typeof named>[], actor = context.actor) =>
    acceptFingerprint({ ...at(4), actor }, { params: { id: sourceId }, query: {}, body: { findings }, ifMatch: null });
  await backup(3, { orders: 1000, till: 20 });
  await backup(4, { orders: 500 }, { snapshotAt: new Date(Date.UTC(2026, 10, 4, 1)) });
  await recordFingerprints(at(4));
  await expect(accept([named("table-gone", "till")], testActor("viewer"))).rejects.toMatchObject({ code: "not-allowed" });
  expect(await accept([named("table-gone", "orders")])).toEqual({ accepted: 0 });
  expect(await accept([named("table-gone", "till")])).toEqual({ accepted: 1 });
  expect(await accept([named("table-gone", "till")])).toEqual({ accepted: 0 });
  expect(await openAlerts()).toMatchObject([{ params: { findings: 1, first: "table-shrank" } }]);
  expect(await accept([named("table-shrank", "orders")])).toEqual({ accepted: 1 });
  expect(await openAlerts()).toEqual([]);
  await backup(4, { orders: 501 });
  await recordFingerprints(at(4));
  expect((await ask()).items[0]?.findings).toMatchObject([
    { code: "table-gone", accepted: true },
    { code: "table-shrank", accepted: true, params: { to: 501 } },
  ]);
  await backup(5, { orders: 502 });
  await recordFingerprints(at(5));
  expect(await openAlerts()).toEqual([]);
  await backup(6, { orders: 0 });
  await recordFingerprints(at(6));
  expect(await openAlerts()).toMatchObject([{ params: { day: "2026-11-06", first: "table-shrank" } }]);
  const said = await context.db.select().from(auditEvents).where(eq(auditEvents.targetId, sourceId));
  expect(said.map(({ action }) => action)).toEqual(["source.fingerprint-accept", "source.fingerprint-accept"]);
});

test("a backup of a server whose clock is ahead is judged on the day on which it was made", async () => {
  await backup(3, { orders: 1000 });
  await backup(4, { orders: 1 }, { snapshotAt: new Date(Date.UTC(2027, 10, 4)), startedAt: noon(4) });
  expect(await recordFingerprints(at(4))).toBe(2);
  expect((await ask()).items.map(({ day }) => day)).toEqual(["2026-11-04", "2026-11-03"]);
  await backup(5, { orders: 1000 });
  expect(await recordFingerprints(at(5))).toBe(1);
  expect(await openAlerts()).toEqual([]);
});

test("what is left alone from now on is not told any more, at once", async () => {
  await backup(3, { orders: 100, queue: 5000 });
  await backup(4, { orders: 100, queue: 1 });
  await recordFingerprints(at(4));
  expect(await openAlerts()).toHaveLength(1);
  const { version } = await ask();
  const change = { params: { id: sourceId }, query: {}, body: { ignored: [{ schema: "public", table: "queue" }] } };
  await expect(updateFingerprintSettings(at(4), { ...change, ifMatch: version + 1 })).rejects.toMatchObject({ code: "version-conflict" });
  expect(await updateFingerprintSettings(at(4), { ...change, ifMatch: version })).toEqual({
    settings: { digests: [], growing: null, ignored: [{ schema: "public", table: "queue" }] },
    version: version + 1,
  });
  expect(await openAlerts()).toEqual([]);
  expect((await ask()).items[0]?.findings).toEqual([]);
});

test("digests are kept of the tables that were chosen, and a table that was asked for comes alone", async () => {
  const choose = { params: { id: sourceId }, query: {}, body: { digests: [{ schema: "public", table: "orders" }] }, ifMatch: 1 };
  await updateFingerprintSettings(at(3), choose);
  await backup(3, { orders: 100, till: 7 });
  await recordFingerprints(at(3));
  expect((await ask()).items[0]?.tables).toEqual([
    { schema: "public", table: "orders", rows: 100, sha256: "sha-orders-100" },
    { schema: "public", table: "till", rows: 7, sha256: null },
  ]);
  expect((await ask(90, "public.till")).items[0]?.tables).toEqual([{ schema: "public", table: "till", rows: 7, sha256: null }]);
  expect((await ask(17)).items).toEqual([]);
});

test("a table that the backup leaves out on purpose has not disappeared, and the sample calls nobody", async () => {
  const manifest = {
    excludedSchemas: [],
    excludedTables: [{ schema: "public", table: "log" }],
    migrationHead: { tool: "flyway", head: "7" },
  };
  await backup(3, { orders: 100, log: 20 });
  await backup(4, { orders: 100 }, { manifest: manifest as unknown as NonNullable<(typeof backups.$inferInsert)["manifest"]> });
  sourceId = await insertSource(context.db, serverId, { isSample: true });
  await backup(3, { orders: 100 });
  await backup(4, { orders: 1 });
  expect(await recordFingerprints(at(4))).toBe(4);
  expect((await ask()).items[0]?.findings).toMatchObject([{ code: "table-shrank" }]);
  expect(await openAlerts()).toEqual([]);
  const rows = await context.db.select().from(fingerprints).where(eq(fingerprints.migrationHead, "7"));
  expect(rows).toMatchObject([{ day: "2026-11-04", findings: [] }]);
});
