import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listBackups as listContract } from "#lib/contracts/backups";
import { backupDependencies } from "#lib/db/schema/backup-dependencies";
import { backups } from "#lib/db/schema/backups";
import { copies } from "#lib/db/schema/copies";
import { packs } from "#lib/db/schema/packs";
import { insertBackup, insertDestination, insertServer, insertSource, newId } from "#lib/testing/catalogue-rows";
import { type TestContext, testContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { evaluate } from "../policies/evaluate.ts";
import { getSource } from "../sources/get.ts";
import { listBackups } from "./list.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));

let home: TestCatalogue;
let context: TestContext;
let sourceId: string;
let older: string;
let full: string;

beforeAll(async () => {
  home = await createCatalogue();
  context = testContext(home.catalogue);
  sourceId = await insertSource(context.db, await insertServer(context.db));
  const place = { sourceId, destinationId: await insertDestination(context.db) };
  older = await insertBackup(context.db, place, { snapshotAt: at(1) });
  full = await insertBackup(context.db, place, { snapshotAt: at(2) });
  const [row] = await context.db.select().from(backups).where(eq(backups.id, full));
  const packId = newId("pack");
  const key = "key-full";
  await context.db.insert(packs).values({ id: packId, backupId: full, key, bytes: 1, packSha256: "", storedBytes: 1, storedSha256: "" });
  for (const minute of [3, 4, 5]) {
    const change = { chainId: row?.chainId ?? "", kind: "incremental" as const, baseId: full, parentId: full, snapshotAt: at(minute) };
    const member = await insertBackup(context.db, place, change);
    await context.db.insert(backupDependencies).values({ backupId: member, needsId: full, reason: "packs", packId, packKey: key });
  }
});
afterAll(() => home.drop());

const newest = async () => (await getSource(context, { params: { id: sourceId }, query: {}, body: {}, ifMatch: null })).lastGoodBackupId;

async function lose(state: "missing" | "damaged"): Promise<void> {
  const failure = { code: "pack-missing" as const, params: { key: "key-full" } };
  await context.db
    .update(copies)
    .set({ state, failedAt: at(6), failure })
    .where(eq(copies.backupId, full));
}

test.each(["missing", "damaged"] as const)("members whose full is %s are no good ones: they push nothing out", async (state) => {
  await lose(state);
  const rule = { keep: [{ type: "keep-last" as const, keep: 2 }], capBytes: null };
  const { decisions } = await context.db.transaction((tx) => evaluate(tx, { sourceId, rule, now: context.now(), runId: "" }));
  expect(decisions.filter(({ verdict }) => verdict === "trash")).toEqual([]);
  expect(await newest()).toBe(older);
});

const list = (query: object) => listBackups(context, { params: {}, query: listContract.query.parse(query), body: {}, ifMatch: null });

const failure = { code: "pack-damaged" as const, params: { key: "key-full" } };
test.each([
  ["whole", {}],
  ["missing", { state: "missing", failedAt: at(6), failure }],
  ["damaged", { state: "damaged", failedAt: at(6), failure }],
  ["damaged before one member was verified", { state: "damaged", failedAt: at(4), failure }],
  ["gone", null],
] as const)("all backups are counted by the rules that each is listed by, with a full that is %s", async (_, change) => {
  await context.db.update(copies).set({ state: "stored", failedAt: null, failure: null });
  const [member] = await context.db
    .select({ id: backups.id })
    .from(backups)
    .where(eq(backups.snapshotAt, at(4)));
  await context.db
    .update(copies)
    .set({ verifiedAt: at(5) })
    .where(eq(copies.backupId, member?.id ?? ""));
  if (change === null) await context.db.delete(backups).where(eq(backups.id, full));
  else
    await context.db
      .update(copies)
      .set({ ...change, storedAt: at(2) })
      .where(eq(copies.backupId, full));
  for (const proof of ["stored", "verified", "unverified"]) {
    const { items } = await list({ proof });
    // What a first page holds is not counted; a page of one is.
    expect(await list({ proof, limit: 1 })).toMatchObject({ total: items.length });
    expect(await list({ proof, limit: 1, source: sourceId })).toMatchObject({ total: items.length });
  }
  const { total } = await list({ proof: "stored", limit: 1 });
  expect(total).toBe(_ === "whole" ? 5 : _.includes("before") ? 2 : 1);
});

test("a need is gone while there is no row of it, whoever comes first", async () => {
  const place = { sourceId, destinationId: await insertDestination(context.db) };
  const needsId = newId("backup");
  const need = { needsId, reason: "packs" as const, packId: newId("pack"), packKey: "key" };
  const [early, late] = [await insertBackup(context.db, place), await insertBackup(context.db, place)];
  const gone = async () => {
    const rows = await context.db.select().from(backupDependencies).where(eq(backupDependencies.needsId, needsId));
    return rows.map((row) => row.gone);
  };
  await context.db.insert(backupDependencies).values({ ...need, backupId: early });
  expect(await gone()).toEqual([true]);
  await insertBackup(context.db, place, { id: needsId }, { backupId: needsId });
  expect(await gone()).toEqual([false]);
  // A removal that is asked for while a member is written waits for it.
  const waiting = () => home.catalogue.sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  let removal: Promise<unknown> = Promise.resolve();
  await context.db.transaction(async (tx) => {
    await tx.insert(backupDependencies).values({ ...need, backupId: late });
    removal = context.db.delete(backups).where(eq(backups.id, needsId)).execute();
    await expect.poll(waiting).toHaveLength(1);
  });
  await removal;
  expect(await gone()).toEqual([true, true]);
});
