import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { backups } from "#lib/db/schema/backups";
import { chains } from "#lib/db/schema/chains";
import { lockChain, unlockChains } from "#lib/services/chains/lock";
import { createRestore } from "#lib/services/restores/start";
import { drillHand } from "#lib/testing/drill-kit";
import { createItemChains, type ItemChains } from "#lib/testing/item-chains";
import { restoreOrder } from "#lib/testing/restore-order";

const none = { query: {}, ifMatch: null } as const;
let kit: ItemChains;

beforeAll(async () => {
  kit = await createItemChains();
});
afterAll(() => kit.close());

/** Who waits for a chain asks for it again and again, who does not asks once: its row is held until somebody stands there, twice. */
async function untilAskedTwice(chainId: string): Promise<void> {
  const isAsked = sql`select 1 from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))`;
  for (let times = 0; times < 2; times += 1) {
    await kit.db.transaction(async (tx) => {
      await tx.select().from(chains).where(eq(chains.id, chainId)).for("no key update");
      await expect.poll(async () => (await tx.execute(isAsked)).length).toBeGreaterThan(0);
    });
  }
}

/** A restore that began while something is removed from its backup's chain; `meanwhile` is done before that ends. */
async function restoreBeside(name: string, meanwhile: (backupId: string) => Promise<unknown>) {
  const { id, chainId } = await kit.backUp("full");
  const removal = { chainId, holder: "removal:test", mode: "exclusive" as const, leaseMs: 60_000 };
  await lockChain(kit.db, removal);
  const database = `${kit.source.name}_${name}`;
  const body = restoreOrder({ backupId: id, serverId: kit.serverId, database, jobs: 1 });
  const { run } = await createRestore(kit.context, { ...none, params: {}, body });
  await untilAskedTwice(chainId);
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
  await untilAskedTwice(chainId);
  await unlockChains(kit.db, removal.holder);
  expect((await hand.untilChecked(id)).problem).toBe(null);
  await hand.abort(id);
  await hand.until(id, "aborted");
});
