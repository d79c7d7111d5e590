import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { backupDependencies } from "#lib/db/schema/backup-dependencies";
import { chainLocks } from "#lib/db/schema/chain-locks";
import { chains } from "#lib/db/schema/chains";
import { runSteps } from "#lib/db/schema/run-steps";
import { sources } from "#lib/db/schema/sources";
import { validations } from "#lib/db/schema/validations";
import { verifyBackup } from "#lib/services/backups/verify";
import { verifyChain } from "#lib/services/chains/verify";
import { createItemChains, type ItemChains } from "#lib/testing/item-chains";

const none = { query: {}, ifMatch: null } as const;
let kit: ItemChains;

beforeAll(async () => {
  kit = await createItemChains();
});
afterAll(() => kit.close());

const needsOf = (backupId: string) => kit.db.select().from(backupDependencies).where(eq(backupDependencies.backupId, backupId));
const look = (id: string) => kit.ended(verifyBackup(kit.context, { ...none, params: { id }, body: {} }));
const lookAtChain = (id: string) => kit.ended(verifyChain(kit.context, { ...none, params: { id }, body: {} }));

it("an incremental with nothing to build upon becomes a full, and says why", async () => {
  const full = await kit.backUp("incremental");
  expect(full).toMatchObject({ kind: "full", askedKind: "incremental", kindReason: { code: "no-base" }, baseId: null, parentId: null });
  expect(full.warnings.join()).toContain("there is no backup yet to build on");
  expect(await kit.logOf(full.runId ?? "")).toContain("a full in a new chain is made");
});

it("a chain of every kind stores what changed, names what it needs, and each member gives back its own moment", async () => {
  const full = await kit.backUp("full");
  const moments = [{ backup: full, held: await kit.present() }];
  for (const kind of ["incremental", "differential", "incremental", "incremental"] as const) {
    await kit.edit(kind);
    // The second incremental: what it stored whole, wherever the seed cuts, is what the third one needs of it.
    if (moments.length === 3) await kit.grow();
    moments.push({ backup: await kit.backUp(kind), held: await kit.present() });
  }
  const [first, inc1, diff, inc2, inc3] = moments.map(({ backup }) => backup);
  expect(new Set(moments.map(({ backup }) => backup.chainId)).size).toBe(1);
  expect(inc1).toMatchObject({ kind: "incremental", baseId: first?.id, parentId: first?.id, askedKind: null, kindReason: null });
  expect(diff).toMatchObject({ kind: "differential", baseId: first?.id, parentId: first?.id });
  expect(inc2).toMatchObject({ kind: "incremental", baseId: first?.id, parentId: diff?.id });
  expect(inc3?.parentId).toBe(inc2?.id);
  // A differential refers to its full alone; what an incremental names is what its recipe reads, with how much of it.
  expect((await needsOf(diff?.id ?? "")).map((row) => row.needsId)).toEqual([first?.id]);
  const needed = await needsOf(inc3?.id ?? "");
  expect(needed.map((row) => row.needsId)).toEqual(expect.arrayContaining([first?.id, inc2?.id]));
  expect(needed.every((row) => row.readBytes > 0 && row.ranges > 0)).toBe(true);
  for (const member of [inc1, diff, inc2, inc3]) {
    expect(member?.storedBytes).toBeLessThan(full.storedBytes / 2);
    expect(member?.streamBytes).toBeGreaterThan(full.streamBytes / 2);
  }
  for (const { backup, held } of moments) expect(await kit.restored(backup.id)).toEqual(held);
  expect(await kit.db.select().from(chainLocks)).toEqual([]);
});

it("a whole chain is verified: every member's history and copy say so", async () => {
  const { chainId } = await kit.backUp("incremental");
  const run = await lookAtChain(chainId);
  expect(run).toMatchObject({ state: "succeeded", error: null });
  const members = await kit.members(chainId);
  for (const member of members) {
    expect((await kit.copyOf(member.id)).verifiedAt).not.toBeNull();
    const [history] = await kit.db.select().from(validations).where(eq(validations.runId, run.id));
    expect(history).toMatchObject({ level: "verified", verdict: "passed" });
  }
  expect(run.output).toEqual({ restorable: members.map((member) => member.id), broken: [] });
  const steps = await kit.db.select().from(runSteps).where(eq(runSteps.runId, run.id));
  expect(steps.find((step) => step.code === "check-chain")?.facts).toMatchObject({ members: members.length, damagedPacks: 0 });
  expect(await kit.logOf(run.id)).toContain("can be restored");
});

it("a flipped bit in the middle of a chain marks exactly the members that need the damaged range", async () => {
  const full = await kit.backUp("full");
  await kit.edit("before");
  await kit.grow();
  const inc1 = await kit.backUp("incremental");
  await kit.edit("between");
  const inc2 = await kit.backUp("incremental");
  const diff = await kit.backUp("differential");
  const undo = await kit.flipNeeded(inc1.id, inc2.id);
  const run = await lookAtChain(full.chainId);
  expect(run).toMatchObject({ state: "failed", error: { code: "pack-damaged" } });
  expect(run.output).toEqual({ restorable: [full.id, diff.id], broken: [inc1.id, inc2.id] });
  expect(await kit.copyOf(inc1.id)).toMatchObject({ state: "damaged", failure: { code: "pack-damaged" } });
  // Its own pack is whole; what it needs is not.
  expect(await kit.copyOf(inc2.id)).toMatchObject({ state: "stored", failure: { code: "pack-damaged" } });
  expect(await kit.copyOf(full.id)).toMatchObject({ state: "stored", failedAt: null });
  expect(await kit.copyOf(diff.id)).toMatchObject({ state: "stored", failedAt: null });
  await undo();
  expect(await lookAtChain(full.chainId)).toMatchObject({ state: "succeeded" });
  expect(await kit.copyOf(inc2.id)).toMatchObject({ state: "stored", failedAt: null, failure: null });
});

it("what failed a verification is never built upon: the next member begins a new chain and says so", async () => {
  const full = await kit.backUp("full");
  await kit.edit("damage");
  const inc = await kit.backUp("incremental");
  const undo = await kit.flipNeeded(full.id, inc.id);
  // The member's look finds the damage in the full: both are marked.
  expect(await look(inc.id)).toMatchObject({ state: "failed", error: { code: "pack-damaged" } });
  expect((await kit.copyOf(full.id)).state).toBe("damaged");
  const next = await kit.backUp("incremental");
  expect(next).toMatchObject({ kind: "full", askedKind: "incremental", kindReason: { code: "base-damaged" } });
  expect(next.chainId).not.toBe(full.chainId);
  // That chain is whole: the next one goes on with it.
  expect(await kit.backUp("differential")).toMatchObject({ kind: "differential", baseId: next.id, kindReason: null });
  await undo();
});

it("a base whose file is gone is found when it is opened: a full in a new chain, and the copy says missing", async () => {
  const full = await kit.backUp("full");
  const undo = await kit.takeAway(full.id);
  const next = await kit.backUp("differential");
  expect(next).toMatchObject({ kind: "full", askedKind: "differential", kindReason: { code: "base-missing" } });
  expect(next.chainId).not.toBe(full.chainId);
  expect(await kit.copyOf(full.id)).toMatchObject({ state: "missing", failure: { code: "pack-missing" } });
  await undo();
});

it("other exclusions, and a retired chain, begin a new chain", async () => {
  const full = await kit.backUp("full");
  const [source] = await kit.db.select().from(sources).where(eq(sources.id, kit.sourceId));
  await kit.db
    .update(sources)
    .set({ excludedTables: [{ schema: "public", table: "items" }] })
    .where(eq(sources.id, kit.sourceId));
  expect(await kit.backUp("incremental")).toMatchObject({ kind: "full", kindReason: { code: "base-excludes-differ" } });
  await kit.db
    .update(sources)
    .set({ excludedTables: source?.excludedTables ?? [] })
    .where(eq(sources.id, kit.sourceId));
  // The newest that left out the same things is built upon, whatever came between.
  expect(await kit.backUp("incremental")).toMatchObject({ kind: "incremental", parentId: full.id });
  await kit.db.update(chains).set({ retiredAt: new Date() }).where(eq(chains.sourceId, kit.sourceId));
  expect(await kit.backUp("incremental")).toMatchObject({ kind: "full", kindReason: { code: "chain-retired" } });
});
