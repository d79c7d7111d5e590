import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { runs } from "#lib/db/schema/runs";
import { settings } from "#lib/db/schema/settings";
import { workers } from "#lib/db/schema/workers";
import { insertRun, insertServer, insertWorker, newId } from "#lib/testing/catalogue-rows";
import { testContext, type TestContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { claimRun } from "./claim.ts";

let home: TestCatalogue;
let context: TestContext;
let small: string;
let sameHost: string;
let large: string;

beforeAll(async () => {
  home = await createCatalogue();
  context = testContext(home.catalogue);
  small = await insertServer(context.db, { host: "small.example.org", port: 5432 });
  sameHost = await insertServer(context.db, { host: "Small.example.org", port: 5433 });
  large = await insertServer(context.db, { host: "large.example.org" });
});
afterAll(() => home.drop());
beforeEach(async () => {
  await context.db.delete(runs);
  await context.db.delete(settings);
  await context.db.delete(workers);
});

let queuedAt = Date.now();
const queue = (change: Partial<typeof runs.$inferInsert> = {}) => {
  queuedAt += 1000;
  return insertRun(context.db, { state: "queued", serverId: large, queuedAt: new Date(queuedAt), ...change });
};
const claimAs = async (workerId: string, group = "default") =>
  (await claimRun(context.db, { workerId, group, leaseMs: 60_000, probes: false }))?.id ?? null;
const claim = () => claimAs(newId("worker"));
const limit = (value: Record<string, number>) => context.db.insert(settings).values({ key: "scheduling", value, updatedAt: new Date() });
const limitTo = (value: Record<string, number>) => context.db.update(settings).set({ value });
const end = (id: string | null) =>
  context.db
    .update(runs)
    .set({ state: "succeeded" })
    .where(eq(runs.id, id ?? ""));

it("what somebody asked for goes before what a schedule asked for, however long that waits", async () => {
  const scheduled = await queue({ trigger: "schedule" });
  const asked = await queue({ trigger: "manual" });
  const gate = await queue({ trigger: "pre-deploy" });
  expect([await claim(), await claim(), await claim(), await claim()]).toEqual([asked, gate, scheduled, null]);
});

it("no more than the limit runs at once, whoever asks and however many claim in the same moment", async () => {
  await limit({ maxRunning: 3 });
  for (let n = 0; n < 10; n += 1) await queue({ trigger: n % 2 === 0 ? "schedule" : "manual" });
  const taken = (await Promise.all(Array.from({ length: 8 }, claim))).filter((id) => id !== null);
  expect(taken).toHaveLength(3);
  expect(await claim()).toBeNull();
  await end(taken[0] ?? null);
  expect(await claim()).not.toBeNull();
  expect(await claim()).toBeNull();
});

it("a host's limit holds for all of its servers, and nobody else waits for it", async () => {
  await limit({ maxRunningPerHost: 1 });
  const first = await queue({ serverId: small });
  const second = await queue({ serverId: sameHost });
  const elsewhere = await queue({ serverId: large });
  const onStorage = await queue({ serverId: null, type: "verify" });
  expect([await claim(), await claim(), await claim(), await claim()]).toEqual([first, elsewhere, onStorage, null]);
  await end(first);
  expect(await claim()).toBe(second);
});

it("a place under a limit goes to the run that waits longest, whichever group's worker looks first", async () => {
  const [own, theirs] = [await insertWorker(context.db), await insertWorker(context.db, { group: "dmz" })];
  for (const name of ["maxRunning", "maxRunningPerHost"]) {
    await context.db.delete(settings);
    await limit({ [name]: 1 });
    const first = await queue();
    const waiting = await queue({ workerGroup: "dmz" });
    const later = await queue();
    expect(await claimAs(own)).toBe(first);
    expect([await claimAs(own), await claimAs(theirs, "dmz")]).toEqual([null, null]);
    await end(first);
    expect([await claimAs(own), await claimAs(theirs, "dmz")]).toEqual([null, waiting]);
    await end(waiting);
    expect(await claimAs(own)).toBe(later);
    await end(later);
  }
});

it("nobody waits for a group whose workers are gone or have no place free", async () => {
  await limit({ maxRunning: 4 });
  const gone = await insertWorker(context.db, { group: "dmz", heartbeatAt: new Date(Date.now() - 600_000) });
  for (let n = 0; n < 4; n += 1) await queue({ workerGroup: "dmz" });
  const mine = [await queue(), await queue(), await queue()];
  expect(await claim()).toBe(mine[0]);
  await context.db.update(workers).set({ heartbeatAt: new Date() });
  // Its two places are kept for it, and one is left.
  expect([await claim(), await claim()]).toEqual([mine[1], null]);
  expect(await claimAs(gone, "dmz")).not.toBeNull();
  expect(await claimAs(gone, "dmz")).not.toBeNull();
  await limitTo({ maxRunning: 5 });
  expect(await claim()).toBe(mine[2]);
});

it("probes and settings that nobody can read have no limits", async () => {
  await limit({ maxRunning: 1 });
  await queue();
  expect(await claim()).not.toBeNull();
  const probe = await queue({ type: "check-server", isProbe: true });
  const claimed = await claimRun(context.db, { workerId: newId("worker"), group: "default", leaseMs: 60_000, probes: true });
  expect(claimed?.id).toBe(probe);
  await context.db.update(settings).set({ value: { maxRunning: "many" } });
  await queue();
  expect(await claim()).not.toBeNull();
});
