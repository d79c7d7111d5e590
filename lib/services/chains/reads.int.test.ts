import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listChains as listContract } from "#lib/contracts/chains";
import type { CopyState } from "#lib/domain/backup-state";
import type { Reason } from "#lib/domain/error";
import { auditEvents } from "#lib/db/schema/audit-events";
import { backupDependencies } from "#lib/db/schema/backup-dependencies";
import { backups } from "#lib/db/schema/backups";
import { chains } from "#lib/db/schema/chains";
import { copies } from "#lib/db/schema/copies";
import { packs } from "#lib/db/schema/packs";
import { runs } from "#lib/db/schema/runs";
import { insertBackup, insertDestination, insertRun, insertServer, insertSource, newId } from "#lib/testing/catalogue-rows";
import { testActor, type TestContext, testContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { getBackup } from "../backups/get.ts";
import { getIntegrity } from "../storage/integrity.ts";
import { scanStorage } from "../storage/scan.ts";
import { getStorageUsage } from "../storage/usage.ts";
import { consolidateChain } from "./consolidate.ts";
import { getChain } from "./get.ts";
import { listChains } from "./list.ts";
import { verifyChain } from "./verify.ts";

const nothing = { params: {}, query: {}, body: {}, ifMatch: null };
const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));

let home: TestCatalogue;
let context: TestContext;
let viewer: TestContext;
let serverId: string;
let destinationId: string;

beforeAll(async () => {
  home = await createCatalogue();
  context = testContext(home.catalogue);
  viewer = testContext(home.catalogue, { actor: testActor("viewer") });
  serverId = await insertServer(context.db);
  destinationId = await insertDestination(context.db);
});
afterAll(() => home.drop());

const chain = (id: string) => getChain(viewer, { ...nothing, params: { id } });
const list = async (query: object) => (await listChains(viewer, { ...nothing, query: listContract.query.parse(query) })).items;
const integrity = () => getIntegrity(viewer, { ...nothing, query: { days: 7 } });

type Made = { sourceId: string; chainId: string; full: string; member: string };

/** A full and a member that needs it, as the executors would have left them. */
async function makeChain(): Promise<Made> {
  const sourceId = await insertSource(context.db, serverId, {});
  const place = { sourceId, destinationId };
  const full = await insertBackup(context.db, place, { snapshotAt: at(1) });
  const [row] = await context.db.select().from(backups).where(eq(backups.id, full));
  const chainId = row?.chainId ?? "";
  const member = await insertBackup(context.db, place, { chainId, kind: "incremental", baseId: full, parentId: full, snapshotAt: at(2) });
  const packId = newId("pack");
  const pack = { id: packId, backupId: full, key: `key-${full}`, bytes: 1, packSha256: "", storedBytes: 1, storedSha256: "" };
  await context.db.insert(packs).values(pack);
  await context.db
    .insert(backupDependencies)
    .values({ backupId: member, needsId: full, reason: "packs", packId, packKey: pack.key, readBytes: 7, ranges: 2 });
  return { sourceId, chainId, full, member };
}

async function look(backupId: string, found: { state: CopyState; failure: Reason | null; at: number }): Promise<void> {
  const { state, failure } = found;
  const when = at(found.at);
  const verdict = failure === null ? { verifiedAt: when, failedAt: null } : { failedAt: when };
  await context.db
    .update(copies)
    .set({ state, failure, ...verdict })
    .where(eq(copies.backupId, backupId));
}

const damaged: Reason = { code: "pack-damaged", params: { key: "k", detail: "segment 1" } };

describe("what cannot be restored", () => {
  /** What each question says about a chain's members; all must agree. */
  async function broken({ chainId, full, member }: Made): Promise<(string | null)[]> {
    const detail = await chain(chainId);
    const codes = [full, member].map((id) => detail.rail.find((each) => each.id === id)?.broken?.code ?? null);
    const count = codes.filter((code) => code !== null).length;
    expect(detail.brokenMembers).toBe(count);
    const listed = await list({ source: detail.sourceId });
    expect(listed.map((item) => [item.id, item.brokenMembers, item.state])).toEqual([[chainId, count, count > 0 ? "broken" : "whole"]]);
    expect((await list({ state: "broken" })).some((item) => item.id === chainId)).toBe(count > 0);
    expect((await integrity()).brokenChains.find((item) => item.chainId === chainId)?.brokenMembers ?? 0).toBe(count);
    for (const [index, id] of [full, member].entries()) {
      expect((await getBackup(viewer, { ...nothing, params: { id } })).broken?.code ?? null).toBe(codes[index]);
    }
    return codes;
  }

  test("nothing, while every pack is there", async () => {
    expect(await broken(await makeChain())).toEqual([null, null]);
  });

  test("a full that is missing, and whoever needs it", async () => {
    const made = await makeChain();
    await look(made.full, { state: "missing", failure: { code: "pack-missing", params: { key: "k" } }, at: 3 });
    expect(await broken(made)).toEqual(["pack-missing", "chain-broken"]);
  });

  test("a damaged full, and its member until a later look found all that it needs whole", async () => {
    const made = await makeChain();
    await look(made.full, { state: "damaged", failure: damaged, at: 3 });
    expect(await broken(made)).toEqual(["pack-damaged", "chain-broken"]);
    await look(made.member, { state: "stored", failure: null, at: 2 });
    expect(await broken(made)).toEqual(["pack-damaged", "chain-broken"]);
    await look(made.member, { state: "stored", failure: null, at: 4 });
    expect(await broken(made)).toEqual(["pack-damaged", null]);
  });

  test("a member whose own look failed for another's damage, and nobody else", async () => {
    const made = await makeChain();
    await look(made.member, { state: "stored", failure: damaged, at: 3 });
    expect(await broken(made)).toEqual([null, "pack-damaged"]);
  });

  test("not what only has a sidecar that nobody can trust", async () => {
    const made = await makeChain();
    await look(made.member, { state: "stored", failure: { code: "sidecar-untrusted", params: { key: "k" } }, at: 3 });
    expect(await broken(made)).toEqual([null, null]);
  });

  test("a member whose full the catalogue does not know", async () => {
    const made = await makeChain();
    await context.db.delete(backups).where(eq(backups.id, made.full));
    const detail = await chain(made.chainId);
    expect(detail).toMatchObject({ state: "broken", members: 1, brokenMembers: 1 });
    expect(detail.rail[0]).toMatchObject({ broken: { code: "chain-broken", params: { key: `key-${made.full}` } } });
    expect(detail.rail[0]?.needs).toEqual([{ backupId: made.full, present: false, packKey: `key-${made.full}`, readBytes: 7, ranges: 2 }]);
    expect((await integrity()).brokenChains.find((item) => item.chainId === made.chainId)?.reason.code).toBe("chain-broken");
  });
});

test("chains come newest first, by their state, with what they add up to and when they were last looked at", async () => {
  const made = await makeChain();
  const over = await makeChain();
  await context.db
    .update(chains)
    .set({ retiredAt: at(9), supersededById: made.full })
    .where(eq(chains.id, over.chainId));
  await insertRun(context.db, { type: "verify-chain", subject: made.chainId, finishedAt: at(7), output: { restorable: [], broken: [] } });
  // One that ended before it had a verdict says nothing.
  await insertRun(context.db, { type: "verify-chain", state: "failed", subject: made.chainId, finishedAt: at(8) });
  expect(await list({ source: made.sourceId })).toMatchObject([
    {
      id: made.chainId,
      members: 2,
      streamBytes: 2000,
      storedBytes: 800,
      lastVerifiedAt: at(7).toISOString(),
      oldestAt: at(1).toISOString(),
    },
  ]);
  expect((await list({ state: "retired" })).map((item) => item.id)).toEqual([over.chainId]);
  expect((await list({ state: "whole" })).map((item) => item.id)).not.toContain(over.chainId);
  const pages = await listChains(viewer, { ...nothing, query: listContract.query.parse({ limit: 1 }) });
  const rest = await listChains(viewer, { ...nothing, query: listContract.query.parse({ limit: 200, after: pages.next ?? "" }) });
  expect(pages.items.length + rest.items.length).toBe(pages.total);
  await expect(chain(newId("chain"))).rejects.toMatchObject({ code: "not-found" });
});

test("a chain whose first backup is just being written is shown nowhere", async () => {
  const sourceId = await insertSource(context.db, serverId, {});
  const id = await insertBackup(context.db, { sourceId, destinationId }, { state: "writing" });
  const [row] = await context.db.select().from(backups).where(eq(backups.id, id));
  expect(await list({ source: sourceId })).toEqual([]);
  await expect(chain(row?.chainId ?? "")).rejects.toMatchObject({ code: "not-found" });
});

test("looking at a chain, consolidating and scanning ask for the right to, are told once, and run once at a time", async () => {
  const { chainId } = await makeChain();
  const input = { ...nothing, params: { id: chainId } };
  await expect(verifyChain(viewer, input)).rejects.toMatchObject({ code: "not-allowed" });
  await expect(consolidateChain(viewer, { ...input, body: { removeOld: false } })).rejects.toMatchObject({ code: "not-allowed" });
  await expect(scanStorage(viewer, nothing)).rejects.toMatchObject({ code: "not-allowed" });
  const maker = testContext(home.catalogue, { actor: { ...testActor("admin"), scopes: ["backups:create"] } });
  await expect(consolidateChain(maker, { ...input, body: { removeOld: true } })).rejects.toMatchObject({ code: "not-allowed" });
  const run = await verifyChain(context, input);
  await expect(verifyChain(context, input)).rejects.toMatchObject({ code: "run-active", params: { runId: run.id } });
  const consolidation = await consolidateChain(context, { ...input, body: { removeOld: true } });
  await expect(consolidateChain(context, { ...input, body: { removeOld: false } })).rejects.toMatchObject({ code: "run-active" });
  const told = await context.db.select().from(auditEvents).where(eq(auditEvents.targetId, chainId));
  expect(told.map((event) => event.action).toSorted()).toEqual(["chain.consolidate", "chain.verify"]);
  expect(context.woken.map((wake) => wake.runId)).toEqual(expect.arrayContaining([run.id, consolidation.id]));
  expect(consolidation.steps.map((step) => step.code)).toContain("retire");
});

test("the use of storage adds up by kind and by source, and the morning's questions have their answers", async () => {
  const { sourceId } = await makeChain();
  await insertRun(context.db, { type: "backup", state: "failed", sourceId, finishedAt: new Date(), error: damaged });
  const usage = await getStorageUsage(viewer, nothing);
  expect(usage.bySource.find((each) => each.sourceId === sourceId)).toMatchObject({
    backups: 2,
    chains: 1,
    storedBytes: 800,
    streamBytes: 2000,
  });
  for (const key of ["backups", "storedBytes", "streamBytes"] as const) {
    expect(usage.byKind.reduce((sum, each) => sum + each[key], 0)).toBe(usage.total[key]);
    expect(usage.bySource.reduce((sum, each) => sum + each[key], 0)).toBe(usage.total[key]);
  }
  const answer = await integrity();
  expect(answer.neverVerified.count).toBeGreaterThan(0);
  expect(answer.neverVerified.oldest[0]?.storedBytes).toBe(400);
  expect(answer.failures.some((each) => each.error?.code === "pack-damaged")).toBe(true);
  expect(answer).toMatchObject({ orphans: 0, scannedAt: null });
  expect(await context.db.select().from(runs).where(eq(runs.type, "scan-storage"))).toEqual([]);
});
