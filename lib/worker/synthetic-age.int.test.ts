import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { backups } from "#lib/db/schema/backups";
import type { RetentionRule } from "#lib/domain/retention-rule";
import { findLastGoodAt } from "#lib/services/backups/last-good";
import { synthesizeBackup } from "#lib/services/backups/synthesize";
import { evaluate } from "#lib/services/policies/evaluate";
import { createItemChains, type ItemChains } from "#lib/testing/item-chains";

const dayMs = 86_400_000;
const started = Date.now();
const daysAgo = (days: number) => new Date(started - days * dayMs);
let kit: ItemChains;

beforeAll(async () => {
  kit = await createItemChains();
});
afterAll(() => kit.close());

/** Of a source of its own: a backup that was made so many days ago by the catalogue's clock, and by its server's. */
async function backUp(sourceId: string, catalogue: number, server = catalogue): Promise<string> {
  const { id } = await kit.backUp("full", sourceId);
  const change = { snapshotAt: daysAgo(server), startedAt: daysAgo(catalogue) };
  await kit.db.update(backups).set(change).where(eq(backups.id, id));
  return id;
}

async function synthesize(id: string): Promise<string> {
  const run = await kit.ended(synthesizeBackup(kit.context, { query: {}, ifMatch: null, params: { id }, body: {} }));
  expect(run).toMatchObject({ state: "succeeded", error: null });
  return run.backupId ?? "";
}

/** What a policy lets go, in the order of time. */
async function gone(sourceId: string, rule: RetentionRule): Promise<string[]> {
  const { decisions } = await kit.db.transaction((tx) => evaluate(tx, { sourceId, rule, now: new Date(), runId: "" }));
  return decisions.filter(({ verdict }) => verdict === "trash").map(({ id }) => id);
}

it("a synthetic full is as old as what it was made from: a policy takes it before what is younger", async () => {
  const sourceId = await kit.addSource();
  const oldest = await backUp(sourceId, 40);
  const newer = [await backUp(sourceId, 3), await backUp(sourceId, 2), await backUp(sourceId, 1)];
  const made = await synthesize(oldest);
  const old = [oldest, made].toSorted();
  const { storedBytes } = await kit.backup(newer[2] ?? "");
  expect(await gone(sourceId, { keep: [], capBytes: storedBytes * 2.5 })).toEqual([...old, newer[0]]);
  const keep = (rule: RetentionRule["keep"][number]) => gone(sourceId, { keep: [rule], capBytes: null });
  expect(await keep({ type: "keep-days", days: 30 })).toEqual(old);
  expect(await keep({ type: "keep-last", keep: 2 })).toEqual([...old, newer[0]]);
  expect(await keep({ type: "gfs", daily: 3, weekly: 0, monthly: 0 })).toEqual(old);
});

it("a synthetic full makes no source look backed up, whatever its server's clock says", async () => {
  const sourceId = await kit.addSource();
  const ahead = await backUp(sourceId, 40, -365);
  expect(await findLastGoodAt(kit.db, sourceId)).toEqual(daysAgo(40));
  const made = await synthesize(ahead);
  expect(await findLastGoodAt(kit.db, sourceId)).toEqual(daysAgo(40));
  // What it was made from is known no longer, and it is made into another one.
  await kit.db.delete(backups).where(eq(backups.id, ahead));
  await synthesize(made);
  expect(await findLastGoodAt(kit.db, sourceId)).toEqual(daysAgo(40));
});

it("a synthetic full of an imported file is kept as the file is", async () => {
  const sourceId = await kit.addSource();
  const file = await backUp(sourceId, 40);
  const imported = { fileName: "old.dump", bytes: 1, sha256: "", format: "pg-custom", takenFrom: "asked" as const };
  await kit.db.update(backups).set({ origin: "imported", imported }).where(eq(backups.id, file));
  await backUp(sourceId, 1);
  await synthesize(file);
  expect(await gone(sourceId, { keep: [{ type: "keep-days", days: 30 }], capBytes: 1 })).toEqual([]);
});
