import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { backups } from "#lib/db/schema/backups";
import { lockChain, unlockChains } from "#lib/services/chains/lock";
import { createRestore } from "#lib/services/restores/start";
import { untilAskedTwice } from "#lib/testing/chain-asked";
import { drillHand } from "#lib/testing/drill-kit";
import { createItemChains, type ItemChains } from "#lib/testing/item-chains";
import { restoreOrder } from "#lib/testing/restore-order";

const none = { query: {}, ifMatch: null } as const;
let kit: ItemChains;

beforeAll(async () => {
  kit = await createItemChains();
});
afterAll(() => kit.close());

/** A restore that began while something is removed from its backup's chain; `meanwhile` is done before that ends. */
async function restoreBeside(name: string, meanwhile: (backupId: string) => Promise<unknown>) {
  const { id, chainId } = await kit.backUp("full");
  const removal = { chainId, holder: "removal:test", mode: "exclusive" as const, leaseMs: 60_000 };
  await lockChain(kit.db, removal);
  const database = `${kit.source.name}_${name}`;
  const body = restoreOrder({ backupId: id, serverId: kit.serverId, database, jobs: 1 });
  const { run } = await createRestore(kit.context, { ...none, params: {}, body });
  await untilAskedTwice(kit.db, chainId);
  await meanwhile(id);
  await unlockChains(kit.db, removal.holder);
  const ended = await kit.ended(Promise.resolve(run));
  await kit.source.sql.unsafe(`drop database if exists "${database}" with (force)`);
  return { id, ended };
}

it("a restore waits while another member of its chain is removed, and does not fail for it", async () => {
  const { ended } = await restoreBeside("waited", () => Promise.resolve());
  expect(ended).toMatchObject({ state: "succeeded", error: null });
});

it("a restore whose backup went while it waited says so, and does not restore what it knew before", async () => {
  const trash = (id: string) => kit.db.update(backups).set({ state: "trashed" }).where(eq(backups.id, id));
  const { id, ended } = await restoreBeside("gone", trash);
  expect(ended).toMatchObject({ state: "failed", error: { code: "backup-not-restorable", params: { backupId: id, state: "trashed" } } });
});

it("a drill's restore waits while another member of its chain is removed, and does not fail for it", async () => {
  const hand = drillHand(kit.context);
  const { id: backupId, chainId } = await kit.backUp("full");
  const { id } = await hand.start({ sourceId: kit.sourceId, backupId, target: { type: "server", serverId: kit.serverId } });
  await hand.until(id, "prepared");
  const removal = { chainId, holder: "removal:test", mode: "exclusive" as const, leaseMs: 60_000 };
  await lockChain(kit.db, removal);
  await hand.restore(id);
  await untilAskedTwice(kit.db, chainId);
  await unlockChains(kit.db, removal.holder);
  expect((await hand.untilChecked(id)).problem).toBe(null);
  await hand.abort(id);
  await hand.until(id, "aborted");
});
