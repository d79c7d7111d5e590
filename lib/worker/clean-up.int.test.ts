import { and, asc, eq, inArray, sql } from "drizzle-orm";
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { deleteBackup as contract } from "#lib/contracts/backups";
import { deleteSource as deleteSourceContract } from "#lib/contracts/sources";
import { auditEvents } from "#lib/db/schema/audit-events";
import { backups } from "#lib/db/schema/backups";
import { installation } from "#lib/db/schema/installation";
import { runSteps } from "#lib/db/schema/run-steps";
import { runs } from "#lib/db/schema/runs";
import { sources } from "#lib/db/schema/sources";
import { deleteBackup, startRemoval } from "#lib/services/backups/remove";
import { updateBackup } from "#lib/services/backups/update";
import { verifyBackup } from "#lib/services/backups/verify";
import { lockChain, unlockChains } from "#lib/services/chains/lock";
import { verifyChain } from "#lib/services/chains/verify";
import { assertClock, confirmClock, getClock } from "#lib/services/policies/clock";
import { createPolicy } from "#lib/services/policies/create";
import { listTrash } from "#lib/services/policies/list-trash";
import { restoreFromTrash } from "#lib/services/policies/restore-from-trash";
import { cleanUpSource } from "#lib/services/policies/start-clean-up";
import { startDuePurges } from "#lib/services/policies/start-due-purges";
import { startRun } from "#lib/services/runs/start";
import { deleteSource } from "#lib/services/sources/remove";
import { createItemChains, type ItemChains } from "#lib/testing/item-chains";
import { quietLogger } from "#lib/testing/quiet-logger";

const none = { query: {}, ifMatch: null } as const;
const nothing = { params: {}, query: {}, body: {}, ifMatch: null } as const;
let kit: ItemChains;

beforeAll(async () => {
  kit = await createItemChains();
});
afterAll(() => kit.close());

async function policy(name: string, keep: number, change: { afterBackup?: boolean; graceDays?: number } = {}): Promise<string> {
  const rule = { keep: [{ type: "keep-last" as const, keep }], capBytes: null };
  const body = { name, rule, graceDays: 3, afterBackup: false, ...change };
  return (await createPolicy(kit.context, { ...none, params: {}, body })).id;
}

const cleanUp = (id: string) => kit.ended(cleanUpSource(kit.context, { ...none, params: { id }, body: {} }));
const states = async (sourceId: string) => {
  const rows = await kit.db.select().from(backups).where(eq(backups.sourceId, sourceId)).orderBy(asc(backups.snapshotAt));
  return rows.map(({ state, trashReason }) => (trashReason === null ? state : `${state} ${trashReason}`));
};
const graceOver = (ids: readonly string[]) =>
  kit.db
    .update(backups)
    .set({ purgeAt: sql`clock_timestamp() - interval '1 second'` })
    .where(inArray(backups.id, [...ids]));
const audited = async (action: string, id: string) => {
  const rows = await kit.db
    .select()
    .from(auditEvents)
    .where(and(eq(auditEvents.action, action), eq(auditEvents.targetId, id)));
  return rows.map(({ before, after }) => Object.assign({}, before, after));
};
/** Nothing works for a source: who asks for a clean-up beside one that began by itself is told of that one. */
const idle = (sourceId: string) =>
  expect.poll(() => kit.db.$count(runs, and(eq(runs.sourceId, sourceId), inArray(runs.state, ["queued", "running"])))).toBe(0);
const trashOf = async (source: string) => (await listTrash(kit.context, { ...nothing, query: { limit: 50, source } })).items;

it("after a good backup what the policy keeps no longer waits in the trash, and goes for good when its time there is over", async () => {
  const sourceId = await kit.addSource({ retentionPolicyId: await policy("two", 2, { afterBackup: true }) });
  const [first] = [await kit.backUp("full", sourceId), await kit.backUp("full", sourceId), await kit.backUp("full", sourceId)];
  await expect.poll(() => states(sourceId)).toEqual(["trashed beyond-count", "available", "available"]);
  await idle(sourceId);
  const path = await kit.packPath(first.id);
  expect((await stat(path)).size).toBe(first.storedBytes);
  expect(await trashOf(sourceId)).toMatchObject([
    { id: first.id, reason: "beyond-count", trashedByName: "two", storedBytes: first.storedBytes },
  ]);
  expect(await audited("backup.trash", first.id)).toMatchObject([{ reason: "beyond-count", policy: "two", graceDays: 3 }]);
  // In the trash it can be neither restored nor verified.
  const verified = verifyBackup(kit.context, { ...none, params: { id: first.id }, body: {} });
  await expect(verified).rejects.toMatchObject({ code: "backup-not-restorable" });
  expect(await cleanUp(sourceId)).toMatchObject({ state: "succeeded" });
  expect(await states(sourceId)).toHaveLength(3);
  await graceOver([first.id]);
  expect(await cleanUp(sourceId)).toMatchObject({ state: "succeeded", error: null });
  expect(await states(sourceId)).toEqual(["available", "available"]);
  await expect(stat(path)).rejects.toMatchObject({ code: "ENOENT" });
  expect(await audited("backup.deleted", first.id)).toMatchObject([{ reason: "beyond-count", trashedBy: "two" }]);
});

it("without days of grace, too, removal is the next clean-up's", async () => {
  const sourceId = await kit.addSource({ retentionPolicyId: await policy("no grace", 1, { graceDays: 0 }) });
  const [first] = [await kit.backUp("full", sourceId), await kit.backUp("full", sourceId)];
  expect(await cleanUp(sourceId)).toMatchObject({ state: "succeeded" });
  expect(await states(sourceId)).toEqual(["trashed beyond-count", "available"]);
  expect((await stat(await kit.packPath(first.id))).size).toBe(first.storedBytes);
  expect(await cleanUp(sourceId)).toMatchObject({ state: "succeeded" });
  expect(await states(sourceId)).toEqual(["available"]);
});

it("a backup that was made later than now holds everything back, and the step says so", async () => {
  const sourceId = await kit.addSource({ retentionPolicyId: await policy("future", 1) });
  const [, second] = [await kit.backUp("full", sourceId), await kit.backUp("full", sourceId)];
  await kit.db
    .update(backups)
    .set({ startedAt: sql`clock_timestamp() + interval '2 years'` })
    .where(eq(backups.id, second.id));
  const { id } = await cleanUp(sourceId);
  expect(await states(sourceId)).toEqual(["available", "available"]);
  const steps = await kit.db.select().from(runSteps).where(eq(runSteps.runId, id));
  expect(steps.find(({ code }) => code === "trash")?.facts).toEqual({ trashed: 0, graceDays: 3, heldByClock: true });
});

it("what is read, verified or restored now is left for the next clean-up, in both steps", async () => {
  const sourceId = await kit.addSource({ retentionPolicyId: await policy("one", 1) });
  const [first, second] = [await kit.backUp("full", sourceId), await kit.backUp("full", sourceId), await kit.backUp("full", sourceId)];
  const held = { chainId: first.chainId, holder: "download:test", mode: "shared" as const, leaseMs: 60_000 };
  // A restore and a verification of which no worker has begun either: nothing holds their chains yet.
  const waiting = { backupId: first.id, workerGroup: "nobody", trigger: "manual" as const, steps: [] };
  const asked = await kit.db.transaction(async (tx) => [
    await startRun(tx, kit.context, { ...waiting, type: "restore", subject: "x/y" }),
    await startRun(tx, kit.context, { ...waiting, type: "verify", subject: second.id, backupId: second.id }),
  ]);
  expect(await cleanUp(sourceId)).toMatchObject({ state: "succeeded" });
  expect(await states(sourceId)).toEqual(["available", "available", "available"]);
  for (const { id } of asked) await kit.db.update(runs).set({ state: "cancelled" }).where(eq(runs.id, id));
  await lockChain(kit.db, held);
  expect(await cleanUp(sourceId)).toMatchObject({ state: "succeeded" });
  expect(await states(sourceId)).toEqual(["available", "trashed beyond-count", "available"]);
  await unlockChains(kit.db, held.holder);
  await cleanUp(sourceId);
  expect(await states(sourceId)).toEqual(["trashed beyond-count", "trashed beyond-count", "available"]);
  await graceOver([first.id, second.id]);
  await lockChain(kit.db, held);
  const run = await cleanUp(sourceId);
  expect(run).toMatchObject({ state: "succeeded" });
  expect(await kit.logOf(run.id)).toContain(`${first.fileName} stays for now`);
  expect(await states(sourceId)).toEqual(["trashed beyond-count", "available"]);
  await unlockChains(kit.db, held.holder);
  // Somebody wants it after all.
  await updateBackup(kit.context, {
    params: { id: first.id },
    query: {},
    body: { pinned: true },
    ifMatch: (await kit.backup(first.id)).version,
  });
  await cleanUp(sourceId);
  expect(await states(sourceId)).toEqual(["trashed beyond-count", "available"]);
});

it("a verification waits while another member of its chain is removed, and does not fail for it", async () => {
  const sourceId = await kit.addSource({});
  const { id, chainId } = await kit.backUp("full", sourceId);
  const removal = { chainId, holder: "removal:test", mode: "exclusive" as const, leaseMs: 60_000 };
  await lockChain(kit.db, removal);
  const asked = [
    await verifyBackup(kit.context, { ...none, params: { id }, body: {} }),
    await verifyChain(kit.context, { ...none, params: { id: chainId }, body: {} }),
  ];
  const prepared = () =>
    kit.db
      .select({ state: runSteps.state })
      .from(runSteps)
      .where(
        and(
          inArray(
            runSteps.runId,
            asked.map((run) => run.id),
          ),
          eq(runSteps.code, "prepare"),
        ),
      );
  await expect.poll(prepared).toEqual([{ state: "running" }, { state: "running" }]);
  await unlockChains(kit.db, removal.holder);
  for (const run of asked) expect(await kit.ended(Promise.resolve(run))).toMatchObject({ state: "succeeded", error: null });
});

it("a backup that cannot be removed stops no other one, fails the run with numbers, and goes later with its reason", async () => {
  const sourceId = await kit.addSource({ retentionPolicyId: await policy("one more", 1, { graceDays: 0 }) });
  const made = [];
  for (let index = 0; index < 4; index += 1) made.push(await kit.backUp("full", sourceId));
  const stuck = made[1]!;
  const path = await kit.packPath(stuck.id);
  await rm(path);
  await mkdir(path);
  await writeFile(join(path, "in-the-way"), "");
  await cleanUp(sourceId);
  const run = await cleanUp(sourceId);
  expect(run).toMatchObject({ state: "failed", error: { code: "removal-partial", params: { removed: 2, failed: 1 } } });
  expect(await kit.logOf(run.id)).toContain(`${stuck.fileName} stays for now`);
  expect(await states(sourceId)).toEqual(["deleting beyond-count", "available"]);
  await rm(path, { recursive: true });
  await cleanUp(sourceId);
  await expect.poll(() => states(sourceId)).toEqual(["available"]);
  expect(await audited("backup.deleted", stuck.id)).toMatchObject([{ reason: "beyond-count", trashedBy: "one more" }]);
});

it("a person moves a chain to the trash, and takes a member out with all that it needs", async () => {
  const [full, middle, last] = [await kit.backUp("full"), await kit.backUp("incremental"), await kit.backUp("incremental")];
  const held = await kit.present();
  await kit.edit("after the last");
  const trash = async (dependents: "refuse" | "delete", id = full.id) => {
    const { version } = await kit.backup(id);
    return deleteBackup(kit.context, { params: { id }, query: { dependents, when: "trash" }, body: {}, ifMatch: version });
  };
  await expect(trash("refuse")).rejects.toMatchObject({ code: "backup-has-dependents" });
  expect(await kit.ended(trash("delete"))).toMatchObject({ state: "succeeded", error: null });
  expect(await states(kit.sourceId)).toEqual(["trashed by-hand", "trashed by-hand", "trashed by-hand"]);
  await expect(trash("delete")).rejects.toMatchObject({ code: "backup-trashed" });
  // What is in the trash is no base: the next member begins a new chain.
  const next = await kit.backUp("incremental");
  expect(next).toMatchObject({ kind: "full", askedKind: "incremental" });
  expect(next.chainId).not.toBe(full.chainId);
  const restore = (id: string) => restoreFromTrash(kit.context, { ...none, params: { id }, body: {} });
  expect((await restore(middle.id)).restored.toSorted()).toEqual([full.id, middle.id].toSorted());
  await expect(restore(middle.id)).rejects.toMatchObject({ code: "backup-not-trashed", params: { state: "available" } });
  expect(await states(kit.sourceId)).toEqual(["available", "available", "trashed by-hand", "available"]);
  expect(await kit.restored(middle.id)).toEqual(held);
  // With no schedule and no policy its time there ends all the same.
  await graceOver([last.id]);
  expect(await startDuePurges(kit.context, quietLogger)).toBe(1);
  await expect.poll(() => states(kit.sourceId)).toEqual(["available", "available", "available"]);
  expect(await startDuePurges(kit.context, quietLogger)).toBe(0);
});

it("what is damaged or missing goes to the trash as well, and out of it for good at once when that is said", async () => {
  const sourceId = await kit.addSource();
  const made = [await kit.backUp("full", sourceId), await kit.backUp("full", sourceId), await kit.backUp("full", sourceId)];
  const [damaged, missing, sound] = made as [(typeof made)[0], (typeof made)[0], (typeof made)[0]];
  await kit.flip(damaged.id, 0.5);
  await kit.takeAway(missing.id);
  for (const { id } of [damaged, missing]) {
    expect(await kit.ended(verifyBackup(kit.context, { ...none, params: { id }, body: {} }))).toMatchObject({ state: "failed" });
  }
  expect([(await kit.copyOf(damaged.id)).state, (await kit.copyOf(missing.id)).state]).toEqual(["damaged", "missing"]);
  const removal = async (id: string, when?: "trash" | "now") => {
    const { version } = await kit.backup(id);
    return deleteBackup(kit.context, { params: { id }, query: contract.query.parse({ when }), body: {}, ifMatch: version });
  };
  // Nothing is said: the trash.
  for (const { id } of made) expect(await kit.ended(removal(id))).toMatchObject({ state: "succeeded", error: null });
  expect(await states(sourceId)).toEqual(["trashed by-hand", "trashed by-hand", "trashed by-hand"]);
  expect(await audited("backup.delete", sound.id)).toEqual([]);
  expect(await audited("backup.trash", sound.id)).toMatchObject([{ reason: "by-hand", graceDays: 3 }]);
  const [waiting] = await trashOf(sourceId);
  expect(Date.parse(waiting?.purgeAt ?? "") - Date.parse(waiting?.trashedAt ?? "")).toBe(3 * 86_400_000);
  // What came back is what it was.
  await restoreFromTrash(kit.context, { ...none, params: { id: damaged.id }, body: {} });
  expect((await kit.copyOf(damaged.id)).state).toBe("damaged");
  for (const { id } of made) {
    expect(await kit.ended(removal(id, "now"))).toMatchObject({ state: "succeeded", error: null });
    expect(await audited("backup.delete", id)).toMatchObject([{ when: "now" }]);
  }
  expect(await states(sourceId)).toEqual([]);
});

it("a deleted source's backups wait in the trash, can be taken out there, and go when their time is over", async () => {
  const sourceId = await kit.addSource({ retentionPolicyId: await policy("of a source that goes", 9, { graceDays: 5 }) });
  const [first, second, third] = [
    await kit.backUp("full", sourceId),
    await kit.backUp("full", sourceId),
    await kit.backUp("full", sourceId),
  ];
  const { version } = await kit.backup(first.id);
  await kit.ended(deleteBackup(kit.context, { params: { id: first.id }, query: contract.query.parse({}), body: {}, ifMatch: version }));
  const query = deleteSourceContract.query.parse({ backups: "delete" });
  const [source] = await kit.db.select().from(sources).where(eq(sources.id, sourceId));
  await deleteSource(kit.context, { params: { id: sourceId }, query, body: {}, ifMatch: source?.version ?? 0 });
  await expect.poll(() => states(sourceId)).toEqual(["trashed by-hand", "trashed source-deleted", "trashed source-deleted"]);
  expect(await audited("source.delete", sourceId)).toMatchObject([{ backups: "2 to the trash" }]);
  expect(await audited("backup.trash", second.id)).toMatchObject([{ reason: "source-deleted", graceDays: 5, policy: null }]);
  await restoreFromTrash(kit.context, { ...none, params: { id: third.id }, body: {} });
  expect(await kit.backup(third.id)).toMatchObject({ state: "available", pinned: false });
  await graceOver([first.id, second.id]);
  expect(await startDuePurges(kit.context, quietLogger)).toBe(1);
  await expect.poll(() => states(sourceId)).toEqual(["available"]);
});

it("what waits for its removal for good does not come out of the trash, until that is given up", async () => {
  const sourceId = await kit.addSource();
  const [full, member] = [await kit.backUp("full", sourceId), await kit.backUp("incremental", sourceId)];
  const { version } = await kit.backup(full.id);
  const trash = { dependents: "delete" as const, when: "trash" as const };
  await kit.ended(deleteBackup(kit.context, { params: { id: full.id }, query: trash, body: {}, ifMatch: version }));
  const removal = await kit.db.transaction(async (tx) => {
    const run = await startRemoval(tx, kit.context, { id: full.id, also: [member.id], trigger: "manual", trash: null });
    await tx.update(runs).set({ workerGroup: "nobody" }).where(eq(runs.id, run.id));
    return run;
  });
  const back = (id: string) => restoreFromTrash(kit.context, { ...none, params: { id }, body: {} });
  const refusal = { code: "run-active", params: { runId: removal.id, type: "delete" } };
  for (const { id } of [full, member]) await expect(back(id)).rejects.toMatchObject(refusal);
  expect(await states(sourceId)).toEqual(["trashed by-hand", "trashed by-hand"]);
  await kit.db.update(runs).set({ state: "cancelled" }).where(eq(runs.id, removal.id));
  expect((await back(member.id)).restored.toSorted()).toEqual([full.id, member.id].toSorted());
});

it.each(["restore", "verify", "synthesize"] as const)(
  "what a queued run of type %s needs is removed neither for good nor to the trash",
  async (type) => {
    const sourceId = await kit.addSource({ retentionPolicyId: await policy(`beside ${type}`, 1) });
    const [{ id }] = [await kit.backUp("full", sourceId), await kit.backUp("full", sourceId)];
    const waiting = await kit.db.transaction(async (tx) =>
      type === "synthesize"
        ? startRun(tx, kit.context, { type, subject: id, sourceId, workerGroup: "nobody", trigger: "manual", steps: [] })
        : startRun(tx, kit.context, { type, subject: `of ${id}`, backupId: id, workerGroup: "nobody", trigger: "manual", steps: [] }),
    );
    const remove = async (when: "trash" | "now") => {
      const { version } = await kit.backup(id);
      return kit.ended(deleteBackup(kit.context, { params: { id }, query: { dependents: "refuse", when }, body: {}, ifMatch: version }));
    };
    for (const when of ["now", "trash"] as const) {
      expect(await remove(when)).toMatchObject({ state: "failed", error: { code: "chain-locked" } });
    }
    expect(await cleanUp(sourceId)).toMatchObject({ state: "succeeded" });
    expect(await states(sourceId)).toEqual(["available", "available"]);
    expect((await stat(await kit.packPath(id))).isFile()).toBe(true);
    await kit.db.update(runs).set({ state: "cancelled" }).where(eq(runs.id, waiting.id));
    expect(await remove("now")).toMatchObject({ state: "succeeded", error: null });
    expect(await states(sourceId)).toEqual(["available"]);
  },
);

it("a policy's own decision is not repeated on what somebody took out of the trash", async () => {
  const sourceId = await kit.addSource({ retentionPolicyId: await policy("just one", 1) });
  const [first] = [await kit.backUp("full", sourceId), await kit.backUp("full", sourceId)];
  await cleanUp(sourceId);
  await restoreFromTrash(kit.context, { ...none, params: { id: first.id }, body: {} });
  await cleanUp(sourceId);
  expect(await states(sourceId)).toEqual(["available", "available"]);
  expect(await kit.backup(first.id)).toMatchObject({ pinned: true, purgeAt: null, trashReason: null });
});

it.each([
  ["ten years ahead", "- interval '3653 days'", 3653 * 86_400],
  ["a year back", "+ interval '365 days'", -365 * 86_400],
])("a clock that is %s deletes nothing, until somebody says that it is right", async (name, lastSeen, seconds) => {
  const sourceId = await kit.addSource({ retentionPolicyId: await policy(`clock ${name}`, 1, { graceDays: 0 }) });
  for (let index = 0; index < 2; index += 1) await kit.backUp("full", sourceId);
  for (let times = 0; times < 2; times += 1) expect(await cleanUp(sourceId)).toMatchObject({ state: "succeeded" });
  expect(await states(sourceId)).toEqual(["available"]);
  const kept = await kit.backUp("full", sourceId);
  await kit.db.update(installation).set({ lastSeenAt: sql.raw(`clock_timestamp() ${lastSeen}`) });
  const run = await cleanUp(sourceId);
  expect(run).toMatchObject({ state: "failed", error: { code: "clock-suspect" } });
  expect(Math.abs(Number(run.error?.params["seconds"]) - seconds)).toBeLessThan(60);
  expect(await states(sourceId)).toEqual(["available", "available"]);
  expect(await startDuePurges(kit.context, quietLogger)).toBe(0);
  const state = await getClock(kit.context, nothing);
  expect(state.suspectSince).not.toBeNull();
  expect((await confirmClock(kit.context, nothing)).suspectSince).toBeNull();
  for (let times = 0; times < 2; times += 1) expect(await cleanUp(sourceId)).toMatchObject({ state: "succeeded" });
  expect(await states(sourceId)).toEqual(["available"]);
  expect((await kit.db.select().from(backups).where(eq(backups.sourceId, sourceId)))[0]?.id).toBe(kept.id);
});

it("a worker whose own clock differs from the catalogue's removes nothing, and casts no doubt on the others", async () => {
  const tenYears = 3653 * 86_400_000;
  for (const skew of [tenYears, -tenYears, 11 * 60_000]) {
    const skewed = { ...kit.context, now: () => new Date(Date.now() + skew) };
    await expect(assertClock(skewed)).rejects.toMatchObject({ code: "clock-suspect" });
  }
  await expect(assertClock(kit.context)).resolves.toBeUndefined();
  expect((await getClock(kit.context, nothing)).suspectSince).toBeNull();
});

it("without a policy everything is kept", async () => {
  const sourceId = await kit.addSource();
  await kit.backUp("full", sourceId);
  await kit.backUp("full", sourceId);
  expect(await cleanUp(sourceId)).toMatchObject({ state: "succeeded" });
  expect(await states(sourceId)).toEqual(["available", "available"]);
  const [source] = await kit.db.select().from(sources).where(eq(sources.id, sourceId));
  expect(source?.retentionPolicyId).toBeNull();
  expect(
    await kit.db
      .select()
      .from(runs)
      .where(and(eq(runs.sourceId, sourceId), eq(runs.type, "clean-up"))),
  ).toHaveLength(1);
});
