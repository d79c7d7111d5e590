import { and, eq } from "drizzle-orm";
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { auditEvents } from "#lib/db/schema/audit-events";
import { backups } from "#lib/db/schema/backups";
import { chains } from "#lib/db/schema/chains";
import { copies } from "#lib/db/schema/copies";
import { packs } from "#lib/db/schema/packs";
import { runs } from "#lib/db/schema/runs";
import { sources } from "#lib/db/schema/sources";
import { getDeleteConsequences } from "#lib/services/backups/delete-consequences";
import { deleteBackup, startRemoval } from "#lib/services/backups/remove";
import { synthesizeBackup } from "#lib/services/backups/synthesize";
import { updateBackup } from "#lib/services/backups/update";
import type { SynthesisOrder } from "#lib/services/backups/synthesis-order";
import { consolidateChain, consolidationSteps } from "#lib/services/chains/consolidate";
import { getChain } from "#lib/services/chains/get";
import { listChains } from "#lib/services/chains/list";
import { restoreFromTrash } from "#lib/services/policies/restore-from-trash";
import { startRun } from "#lib/services/runs/start";
import { deleteSource } from "#lib/services/sources/remove";
import { getIntegrity } from "#lib/services/storage/integrity";
import { listOrphans } from "#lib/services/storage/orphans";
import { scanStorage } from "#lib/services/storage/scan";
import { settleOrphans } from "#lib/services/storage/settle-orphans";
import { getStorageUsage } from "#lib/services/storage/usage";
import { createItemChains, type ItemChains } from "#lib/testing/item-chains";
import { testActor } from "#lib/testing/context";
import { untilEnded } from "#lib/testing/worker-setup";

const none = { query: {}, ifMatch: null } as const;
const nothing = { params: {}, query: {}, body: {}, ifMatch: null } as const;
let kit: ItemChains;
/** The chain that a test leaves for the next one. */
let shared: [string, string, string];

beforeAll(async () => {
  kit = await createItemChains();
});
afterAll(() => kit.close());

const synthesize = (id: string) => kit.ended(synthesizeBackup(kit.context, { ...none, params: { id }, body: {} }));
const consolidate = (id: string, removeOld: boolean) =>
  kit.ended(consolidateChain(kit.context, { ...none, params: { id }, body: { removeOld } }));
const chain = (id: string) => getChain(kit.context, { ...none, params: { id }, body: {} });
const exists = async (id: string) => (await kit.db.select().from(backups).where(eq(backups.id, id))).length > 0;

async function remove(id: string, dependents: "refuse" | "delete") {
  const { version } = await kit.backup(id);
  return deleteBackup(kit.context, { params: { id }, query: { dependents, when: "now" }, body: {}, ifMatch: version });
}

async function pin(id: string, pinned: boolean) {
  const { version } = await kit.backup(id);
  await updateBackup(kit.context, { params: { id }, query: {}, body: { pinned }, ifMatch: version });
}

/** A full and two incrementals, each of which needs those before it. */
async function makeChain(): Promise<[string, string, string]> {
  const ids: string[] = [];
  for (const kind of ["full", "incremental", "incremental"] as const) {
    await kit.edit(kind);
    // Of a few changed rows the next member may keep no whole segment: one chain in sixty had a last member that needs the full alone.
    if (ids.length === 1) await kit.grow();
    ids.push((await kit.backUp(kind)).id);
  }
  return ids as [string, string, string];
}

async function untilRemoved(ids: readonly string[]): Promise<void> {
  await expect.poll(async () => (await Promise.all(ids.map(exists))).some(Boolean)).toBe(false);
}

it("a synthetic full of a member stands alone, in a chain of its own, and gives back the same moment", async () => {
  const [full, , last] = await makeChain();
  const held = await kit.present();
  const member = await kit.backup(last);
  const run = await synthesize(last);
  expect(run).toMatchObject({ state: "succeeded", error: null });
  const made = await kit.backup(run.backupId ?? "");
  expect(made).toMatchObject({ kind: "full", origin: "synthetic", derivedFromId: last, snapshotAt: member.snapshotAt });
  expect(made.chainId).not.toBe(member.chainId);
  expect(made.streamBytes).toBe(member.streamBytes);
  const undo = await kit.takeAway(full);
  expect(await kit.restored(made.id)).toEqual(held);
  await undo();
  // It is a base like any other, and the newer chain.
  expect(await kit.backUp("incremental")).toMatchObject({ kind: "incremental", parentId: made.id });
});

it("a consolidation verifies the new full, ends the old chain, and moves it to the trash when asked to", async () => {
  const [full, middle, last] = await makeChain();
  const { chainId } = await kit.backup(full);
  const run = await consolidate(chainId, true);
  expect(run).toMatchObject({ state: "succeeded", error: null, warnings: [] });
  const made = run.backupId ?? "";
  expect((await kit.copyOf(made)).verifiedAt).not.toBeNull();
  const members = [full, middle, last];
  const statesOf = async () => (await kit.members(chainId)).map(({ state, trashReason }) => [state, trashReason]);
  await expect.poll(statesOf).toEqual(members.map(() => ["trashed", "consolidated"]));
  expect(await kit.restored(made)).toEqual(await kit.present());
  // Somebody misses a moment of the old chain: no policy put it there, so nothing is pinned.
  const back = await restoreFromTrash(kit.context, { ...none, params: { id: middle }, body: {} });
  expect(back.restored.toSorted()).toEqual([full, middle].toSorted());
  expect(await kit.backup(middle)).toMatchObject({ state: "available", pinned: false });
  expect(await chain(chainId)).toMatchObject({ state: "retired", supersededById: made, members: 2 });
  const { id } = await remove(full, "delete");
  expect(await untilEnded(kit.db, id)).toMatchObject({ state: "succeeded", error: null });
  await untilRemoved(members);
  expect(await kit.db.select().from(chains).where(eq(chains.id, chainId))).toEqual([]);
});

it("a pinned member keeps the old chain of a consolidation, and the run says so", async () => {
  const [full, middle] = await makeChain();
  await pin(middle, true);
  const { chainId } = await kit.backup(full);
  const run = await consolidate(chainId, true);
  expect(run.state).toBe("succeeded");
  expect(run.warnings.join()).toContain("the old chain was kept: the backup is pinned");
  expect(await chain(chainId)).toMatchObject({ state: "retired", supersededById: run.backupId, members: 3 });
  await expect(consolidate(chainId, false)).rejects.toMatchObject({ code: "chain-retired" });
  // Nothing is built on it any more.
  expect((await kit.backUp("incremental")).parentId).toBe(run.backupId);
  await pin(middle, false);
});

it("a backup that came while a consolidation was waiting or working is not removed with the old chain", async () => {
  const [full, middle, last] = await makeChain();
  const { chainId } = await kit.backup(full);
  // Asked for when the middle one was the newest.
  const asked = await kit.db.transaction((tx) =>
    startRun(tx, kit.context, {
      type: "synthesize",
      subject: chainId,
      sourceId: kit.sourceId,
      trigger: "manual",
      input: { backupId: middle, consolidate: true, removeOld: true } satisfies SynthesisOrder,
      steps: consolidationSteps,
    }),
  );
  const run = await untilEnded(kit.db, asked.id);
  expect(run.state).toBe("succeeded");
  expect(run.warnings.join()).toContain("the old chain was kept: 1 of its backups is newer");
  expect(
    await kit.db
      .select()
      .from(runs)
      .where(and(eq(runs.type, "delete"), eq(runs.subject, full))),
  ).toEqual([]);
  expect((await chain(chainId)).rail.map((member) => member.id)).toEqual([full, middle, last]);
});

it("the chain page says what each member needs, and a lost base is listed where people look", async () => {
  const [full, middle, last] = await makeChain();
  shared = [full, middle, last];
  const { chainId } = await kit.backup(full);
  const whole = await chain(chainId);
  expect(whole).toMatchObject({ state: "whole", members: 3, brokenMembers: 0 });
  expect(whole.rail.map((member) => member.id)).toEqual([full, middle, last]);
  expect(whole.rail[0]?.neededBy).toEqual(expect.arrayContaining([middle, last]));
  expect(whole.rail[2]?.needs.map((need) => need.backupId)).toEqual(expect.arrayContaining([full, middle]));
  const undo = await kit.takeAway(middle);
  const run = await kit.ended(scanStorage(kit.context, nothing));
  expect(run).toMatchObject({ state: "succeeded", output: { lost: 1 } });
  expect((await kit.copyOf(middle)).state).toBe("missing");
  const broken = await chain(chainId);
  expect(broken).toMatchObject({ state: "broken", brokenMembers: 2 });
  expect(broken.rail.map((member) => member.broken?.code ?? null)).toEqual([null, "pack-missing", "chain-broken"]);
  const listed = await listChains(kit.context, { ...none, params: {}, body: {}, query: { state: "broken", limit: 50 } });
  expect(listed.items.map((item) => item.id)).toEqual([chainId]);
  const integrity = await getIntegrity(kit.context, { ...none, params: {}, body: {}, query: { days: 7 } });
  expect(integrity.brokenChains).toMatchObject([{ chainId, brokenMembers: 2, reason: { code: "pack-missing" } }]);
  expect(integrity.neverVerified.count).toBeGreaterThan(0);
  expect(integrity.scannedAt).not.toBeNull();
  await undo();
  const usage = await getStorageUsage(kit.context, nothing);
  expect(usage.bySource).toHaveLength(1);
  expect(usage.byKind.reduce((sum, each) => sum + each.storedBytes, 0)).toBe(usage.total.storedBytes);
});

it("a backup that came after a removal was asked for keeps everything", async () => {
  const [full, middle, last] = shared;
  const { chainId } = await kit.backup(full);
  // Asked for when only the middle one was there.
  const run = await kit.db.transaction((tx) => startRemoval(tx, kit.context, { id: full, also: [middle], trigger: "manual", trash: null }));
  expect(await untilEnded(kit.db, run.id)).toMatchObject({ state: "failed", error: { code: "backup-has-dependents" } });
  expect((await chain(chainId)).rail.map((member) => member.id)).toEqual([full, middle, last]);
});

it("a member that a catalogue of yesterday does not know keeps what it needs, and can be taken back", async () => {
  const [full, middle, last] = await makeChain();
  const { chainId } = await kit.backup(full);
  const held = await kit.present();
  await kit.db.delete(backups).where(eq(backups.id, last));
  const { id } = await remove(full, "delete");
  expect(await untilEnded(kit.db, id)).toMatchObject({ state: "failed", error: { code: "backup-has-dependents", params: { count: 1 } } });
  expect([await exists(full), await exists(middle)]).toEqual([true, true]);
  await kit.ended(scanStorage(kit.context, nothing));
  const [orphan] = (await listOrphans(kit.context, nothing)).items;
  const settled = settleOrphans(kit.context, { ...none, params: {}, body: { action: "import", keys: [orphan?.key ?? ""] } });
  expect(await kit.ended(settled)).toMatchObject({ state: "succeeded" });
  expect((await chain(chainId)).rail.map((member) => member.id)).toEqual([full, middle, last]);
  expect(await kit.restored(last)).toEqual(held);
});

it("a backup that others need is not deleted alone; what would go is shown, and a pinned one among them blocks", async () => {
  const [full, middle, last] = shared;
  const consequences = await getDeleteConsequences(kit.context, { ...none, params: { id: full }, body: {} });
  expect(consequences.dependents.map((each) => [each.id, each.kind])).toEqual([
    [middle, "incremental"],
    [last, "incremental"],
  ]);
  expect(consequences.graceDays).toBe(3);
  await expect(remove(full, "refuse")).rejects.toMatchObject({ code: "backup-has-dependents", params: { count: 2 } });
  await pin(last, true);
  await expect(remove(full, "delete")).rejects.toMatchObject({ code: "backup-pinned" });
  await pin(last, false);
  const { id } = await remove(full, "delete");
  expect(await untilEnded(kit.db, id)).toMatchObject({ state: "succeeded" });
  for (const each of [full, middle, last]) expect(await exists(each)).toBe(false);
  const told = await kit.db.select().from(auditEvents).where(eq(auditEvents.action, "backup.deleted"));
  const order = told.filter((event) => [full, middle, last].includes(event.targetId ?? "")).sort((a, b) => a.at.getTime() - b.at.getTime());
  expect(order.map((event) => event.targetId)).toEqual([last, middle, full]);
});

it("a pack that no row tells of is found, taken back whole with its chain, or removed; others' files are left alone", async () => {
  const [full, middle, last] = await makeChain();
  shared = [full, middle, last];
  const { chainId } = await kit.backup(full);
  const held = await kit.members(chainId);
  const keys = (await kit.db.select().from(packs))
    .filter((pack) => held.some((member) => member.id === pack.backupId))
    .map((pack) => pack.key);
  const folder = dirname(await kit.packPath(full));
  await writeFile(join(folder, "notes.txt"), "of somebody else");
  await mkdir(join(kit.station.backupDir, ".lifeboat-imports"), { recursive: true });
  await writeFile(join(kit.station.backupDir, ".lifeboat-imports", "upload.zst"), "an upload");
  await writeFile(join(folder, "strange.zst"), "no pack at all");
  // The catalogue forgets the chain, as one of yesterday would.
  await kit.db.delete(backups).where(eq(backups.chainId, chainId));
  await kit.db.delete(chains).where(eq(chains.id, chainId));
  expect(await kit.ended(scanStorage(kit.context, nothing))).toMatchObject({ state: "succeeded", output: { orphans: 4 } });
  const found = await listOrphans(kit.context, nothing);
  const ours = found.items.filter((item) => item.provenance === "ours");
  expect(ours.map((item) => item.key).toSorted()).toEqual(keys.toSorted());
  expect(ours.every((item) => item.problem === null && item.sourceName !== null)).toBe(true);
  const strange = found.items.find((item) => item.provenance === "unreadable");
  expect(strange?.problem).not.toBeNull();

  const viewer = { ...kit.context, actor: testActor("viewer") };
  await expect(settleOrphans(viewer, { ...none, params: {}, body: { action: "remove", keys } })).rejects.toMatchObject({
    code: "not-allowed",
  });
  const settle = (action: "import" | "remove", chosen: string[]) =>
    kit.ended(settleOrphans(kit.context, { ...none, params: {}, body: { action, keys: chosen } }));
  expect(await settle("import", [strange?.key ?? ""])).toMatchObject({ state: "failed", error: { code: "sidecar-untrusted" } });
  expect(await settle("import", keys)).toMatchObject({ state: "succeeded", output: { settled: 3 } });
  expect((await kit.members(chainId)).map((member) => member.id)).toEqual(held.map((member) => member.id));
  expect((await chain(chainId)).rail[2]?.needs.length).toBeGreaterThan(0);
  expect(await kit.restored(middle)).toMatchObject({ rows: expect.any(Number) as number });
  expect(await settle("remove", [strange?.key ?? ""])).toMatchObject({ state: "succeeded" });
  await expect(settleOrphans(kit.context, { ...none, params: {}, body: { action: "remove", keys } })).rejects.toMatchObject({
    code: "orphan-gone",
  });
  expect(await readdir(folder)).toEqual(expect.arrayContaining(["notes.txt"]));
  expect(await readdir(folder)).not.toContain("strange.zst");
  expect((await listOrphans(kit.context, nothing)).total).toBe(0);
  await rm(join(kit.station.backupDir, ".lifeboat-imports"), { recursive: true });
});

it("orphans that need each other go together, members first; the full alone is refused", async () => {
  const made = await makeChain();
  const { chainId } = await kit.backup(made[0]);
  const keyOf = async (id: string) => (await kit.db.select().from(packs).where(eq(packs.backupId, id)))[0]?.key ?? "";
  const keys = await Promise.all(made.map(keyOf));
  const folder = dirname(await kit.packPath(made[0]));
  await kit.db.delete(backups).where(eq(backups.chainId, chainId));
  await kit.db.delete(chains).where(eq(chains.id, chainId));
  await kit.ended(scanStorage(kit.context, nothing));
  const removal = (chosen: string[]) =>
    kit.ended(settleOrphans(kit.context, { ...none, params: {}, body: { action: "remove", keys: chosen } }));
  expect(await removal(keys.slice(0, 1))).toMatchObject({ state: "failed", error: { code: "backup-has-dependents" } });
  expect((await readdir(folder)).filter((name) => name.endsWith(".zst"))).toHaveLength(3);
  expect(await removal(keys)).toMatchObject({ state: "succeeded", output: { settled: 3 } });
  expect(await readdir(folder).catch(() => [])).toEqual([]);
});

it("an orphan that a broken member needs is not removed, and taking it back makes the member whole", async () => {
  const [full, middle] = shared;
  const { chainId } = await kit.backup(full);
  const [pack] = await kit.db.select().from(packs).where(eq(packs.backupId, full));
  const key = pack?.key ?? "";
  await kit.db.delete(backups).where(eq(backups.id, full));
  expect((await chain(chainId)).rail.map((member) => [member.id, member.broken?.code])).toContainEqual([middle, "chain-broken"]);
  await kit.ended(scanStorage(kit.context, nothing));
  const settle = (action: "import" | "remove") =>
    kit.ended(settleOrphans(kit.context, { ...none, params: {}, body: { action, keys: [key] } }));
  expect(await settle("remove")).toMatchObject({ state: "failed", error: { code: "backup-has-dependents" } });
  expect(await settle("import")).toMatchObject({ state: "succeeded" });
  expect(await chain(chainId)).toMatchObject({ state: "whole", brokenMembers: 0 });
});

it("a member whose worker was lost behind its rename is adopted while its base is there, and removed when it is not", async () => {
  const [full, middle, last] = await makeChain();
  /** As a worker leaves it that is killed between the rename and the commit. */
  const lose = (id: string) =>
    kit.db.transaction(async (tx) => {
      const [row] = await tx.update(backups).set({ state: "writing" }).where(eq(backups.id, id)).returning();
      await tx.update(copies).set({ state: "writing", storedAt: null }).where(eq(copies.backupId, id));
      await tx
        .update(runs)
        .set({ state: "failed" })
        .where(eq(runs.id, row?.runId ?? ""));
    });
  await lose(last);
  await expect.poll(async () => (await kit.backup(last)).state).toBe("available");
  expect(await kit.copyOf(last)).toMatchObject({ state: "stored" });
  const path = await kit.packPath(last);
  const undo = await kit.takeAway(middle);
  await lose(last);
  await untilRemoved([last]);
  await expect(stat(path)).rejects.toMatchObject({ code: "ENOENT" });
  await undo();
  const { chainId } = await kit.backup(full);
  expect((await chain(chainId)).rail.map((member) => member.id)).toEqual([full, middle]);
});

it("deleting a source with its backups at once takes each chain away in order", async () => {
  const all = await kit.db.select().from(backups).where(eq(backups.sourceId, kit.sourceId));
  expect(all.some((backup) => backup.kind === "incremental")).toBe(true);
  const [source] = await kit.db.select().from(sources).where(eq(sources.id, kit.sourceId));
  await deleteSource(kit.context, {
    params: { id: kit.sourceId },
    query: { backups: "delete", when: "now" },
    body: {},
    ifMatch: source?.version ?? 0,
  });
  await untilRemoved(all.map((backup) => backup.id));
  const failed = await kit.db
    .select()
    .from(runs)
    .where(and(eq(runs.sourceId, kit.sourceId), eq(runs.type, "delete"), eq(runs.state, "failed")));
  // Only those that tests above made fail.
  expect(failed.length).toBeLessThanOrEqual(2);
  expect(await kit.db.select().from(chains).where(eq(chains.sourceId, kit.sourceId))).toEqual([]);
});
