import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { backupDependencies } from "#lib/db/schema/backup-dependencies";
import { backups } from "#lib/db/schema/backups";
import { copies } from "#lib/db/schema/copies";
import { packs } from "#lib/db/schema/packs";
import { insertBackup, insertDestination, insertServer, insertSource, newId } from "#lib/testing/catalogue-rows";
import { type TestContext, testContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { evaluate } from "../policies/evaluate.ts";
import { getSource } from "../sources/get.ts";

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
