import { desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sourceInput } from "#lib/contracts/sources";
import { auditEvents } from "#lib/db/schema/audit-events";
import { backups } from "#lib/db/schema/backups";
import { runs } from "#lib/db/schema/runs";
import { sources } from "#lib/db/schema/sources";
import { insertBackup, insertDestination, insertRun, insertServer, insertSource, insertWorker } from "#lib/testing/catalogue-rows";
import { testActor, type TestContext, testContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { createSource } from "./create.ts";
import { getSource } from "./get.ts";
import { listSourceNames } from "./list-names.ts";
import { listSources } from "./list.ts";
import { deleteSource } from "./remove.ts";
import { updateSource } from "./update.ts";

const nothing = { params: {}, query: {}, body: {}, ifMatch: null };
const dayMs = 86_400_000;

let home: TestCatalogue;
let context: TestContext;
let viewer: TestContext;
let serverId: string;
let destinationId: string;

beforeAll(async () => {
  home = await createCatalogue();
  context = testContext(home.catalogue);
  viewer = testContext(home.catalogue, { actor: testActor("viewer") });
  serverId = await insertServer(context.db, { name: "Main", serverVersion: "15.20" });
  destinationId = await insertDestination(context.db);
});
afterAll(() => home.drop());

function add(name: string, change: object = {}, as = context) {
  return createSource(as, { ...nothing, body: sourceInput.parse({ serverId, database: name, name, ...change }) });
}
const get = (id: string) => getSource(context, { ...nothing, params: { id } });

async function lastAction(targetId: string) {
  const [row] = await context.db
    .select()
    .from(auditEvents)
    .where(eq(auditEvents.targetId, targetId))
    .orderBy(desc(auditEvents.id))
    .limit(1);
  return row?.action;
}

describe("adding a source", () => {
  test.each(["-Fp", "a=b", 'x"; drop', "Ñandú 表", "line\nbreak"])("takes a database named %j", async (database) => {
    expect(await add("Odd name", { database })).toMatchObject({ database, slug: expect.stringMatching(/^odd-name(-\d+)?$/), version: 1 });
  });

  test("refuses a database that is protected already, naming its source", async () => {
    const first = await add("dup");
    await expect(add("dup")).rejects.toMatchObject({
      code: "source-duplicate",
      params: { server: "Main", database: "dup", sourceId: first.id },
    });
  });

  test("of two at once, one is told the other's id", async () => {
    const results = await Promise.allSettled([add("race"), add("race"), add("race")]);
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
    const reasons = results.filter((result) => result.status === "rejected").map((result) => result.reason as unknown);
    const told = expect.objectContaining({ code: "source-duplicate", params: expect.objectContaining({ database: "race" }) });
    expect(reasons).toEqual([told, told]);
  });

  test("never uses a slug again, not even after a removal", async () => {
    const first = await add("Again");
    await deleteSource(context, { params: { id: first.id }, query: { backups: "keep", when: "trash" }, body: {}, ifMatch: 1 });
    expect((await add("Again")).slug).toBe("again-2");
  });

  test("refuses Lifeboat's own catalogue, by its place and by its marker", async () => {
    const url = new URL(home.url);
    const here = await insertServer(context.db, { host: "localhost", port: Number(url.port) });
    const database = url.pathname.slice(1);
    await expect(add("self", { serverId: here, database })).rejects.toMatchObject({ code: "target-is-catalogue", params: { database } });
    const seen = { name: "lb", sizeBytes: 5, owner: "o", encoding: "UTF8", isCatalogue: true, connectable: true };
    const output = { serverVersion: "15.20", databases: [seen, { ...seen, name: "ok", sizeBytes: 77, isCatalogue: false }] };
    const elsewhere = await insertServer(context.db);
    await insertRun(context.db, { type: "check-server", serverId: elsewhere, isProbe: true, output });
    await expect(add("other", { serverId: elsewhere, database: "lb" })).rejects.toMatchObject({ code: "target-is-catalogue" });
    expect(await add("size", { serverId: elsewhere, database: "ok" })).toMatchObject({ sizeBytes: 77 });
  });

  test("is refused for a viewer and for a server that is not there", async () => {
    await expect(add("viewer", {}, viewer)).rejects.toMatchObject({ code: "not-allowed" });
    await expect(add("lost", { serverId: `srv_${"0".repeat(32)}` })).rejects.toMatchObject({
      code: "not-found",
      params: { entity: "server" },
    });
  });
});

describe("changing a source", () => {
  test("pauses and resumes under names of their own, and keeps what is left out", async () => {
    const { id } = await add("Pause", { environment: "production", excludedSchemas: ["tmp"] });
    const paused = await updateSource(context, { params: { id }, query: {}, body: { paused: true }, ifMatch: 1 });
    expect(paused).toMatchObject({ environment: "production", excludedSchemas: ["tmp"], version: 2 });
    expect(paused.pausedAt).not.toBeNull();
    expect(await lastAction(id)).toBe("source.pause");
    expect(await updateSource(context, { params: { id }, query: {}, body: { paused: false }, ifMatch: 2 })).toMatchObject({
      pausedAt: null,
    });
    expect(await lastAction(id)).toBe("source.resume");
  });

  test("asks for the version, refuses an old one, and a viewer", async () => {
    const { id } = await add("Stale");
    const input = { params: { id }, query: {}, body: { notes: "x" } };
    await expect(updateSource(context, { ...input, ifMatch: null })).rejects.toMatchObject({ code: "version-required" });
    await expect(updateSource(context, { ...input, ifMatch: 7 })).rejects.toMatchObject({
      code: "version-conflict",
      params: { current: 1 },
    });
    await expect(updateSource(viewer, { ...input, ifMatch: 1 })).rejects.toMatchObject({ code: "not-allowed" });
    expect(await lastAction(id)).toBe("source.create");
  });
});

describe("removing a source", () => {
  test("is refused while a run is active", async () => {
    const { id } = await add("Busy");
    const runId = await insertRun(context.db, { sourceId: id, state: "running" });
    const input = { params: { id }, query: { backups: "keep" as const, when: "trash" as const }, body: {}, ifMatch: 1 };
    await expect(deleteSource(context, input)).rejects.toMatchObject({ code: "run-active", params: { runId, type: "backup" } });
  });

  test.each(["trash", "now"] as const)("starts a removal run for each backup when asked to, all or none: %s", async (when) => {
    const { id } = await add(`Purge ${when}`);
    const one = await insertBackup(context.db, { sourceId: id, destinationId });
    const two = await insertBackup(context.db, { sourceId: id, destinationId }, { pinned: true });
    const trashed = await insertBackup(context.db, { sourceId: id, destinationId }, { state: "trashed", trashedAt: new Date() });
    const input = { params: { id }, query: { backups: "delete" as const, when }, body: {}, ifMatch: 1 };
    await expect(deleteSource(context, input)).rejects.toMatchObject({ code: "backup-pinned" });
    expect(await context.db.select().from(runs).where(eq(runs.sourceId, id))).toEqual([]);
    await context.db.update(backups).set({ pinned: false }).where(eq(backups.id, two));
    await deleteSource(context, input);
    const started = await context.db.select().from(runs).where(eq(runs.sourceId, id));
    expect(new Set(started.map((run) => run.backupId))).toEqual(new Set(when === "now" ? [one, two, trashed] : [one, two]));
    expect(started.every((run) => run.type === "delete")).toBe(true);
    for (const run of started)
      expect(run.input).toEqual({ also: [], toTrash: when === "trash", trashReason: when === "trash" ? "source-deleted" : "by-hand" });
    expect(context.woken.map((wake) => wake.runId)).toEqual(expect.arrayContaining(started.map((run) => run.id)));
    await expect(get(id)).rejects.toMatchObject({ code: "not-found" });
    const [row] = await context.db.select().from(sources).where(eq(sources.id, id));
    expect(row?.removedAt).not.toBeNull();
  });
});

describe("one source", () => {
  test("tells its newest good backup, its proofs and its strip", async () => {
    const { id } = await add("Facts");
    const now = new Date();
    const daysAgo = (days: number) => new Date(now.getTime() - days * dayMs);
    const at = { sourceId: id, destinationId };
    await insertBackup(context.db, at, { snapshotAt: daysAgo(3) }, { verifiedAt: daysAgo(2) });
    const good = await insertBackup(context.db, at, { snapshotAt: daysAgo(2) });
    await insertBackup(context.db, at, { snapshotAt: daysAgo(1) }, { failedAt: now });
    await insertBackup(context.db, at, { snapshotAt: now, state: "writing" }, { state: "writing", storedAt: null });
    await insertRun(context.db, { sourceId: id, backupId: "bkp_gone", queuedAt: daysAgo(5), finishedAt: daysAgo(5) });
    const failed = { code: "password-wrong", params: { user: "backup" } } as const;
    const last = await insertRun(context.db, { sourceId: id, state: "failed", error: failed, queuedAt: now, finishedAt: now });
    const source = await get(id);
    expect(source).toMatchObject({
      backupCount: 3,
      storedBytes: 1200,
      lastGoodBackupId: good,
      lastGoodAt: daysAgo(2).toISOString(),
      activeRun: null,
    });
    expect(source.lastVerifiedAt).toBe(daysAgo(2).toISOString());
    expect(source.lastRun).toMatchObject({ id: last, sourceName: "Facts", error: { code: "password-wrong" } });
    expect(source.strip).toHaveLength(30);
    const shown = (days: number) => source.strip.find((day) => day.day === daysAgo(days).toISOString().slice(0, 10));
    expect([5, 4, 3, 2, 1, 0].map(shown).map((day) => [day?.good, day?.failed])).toEqual([
      [1, 0],
      [0, 0],
      [1, 0],
      [1, 0],
      [0, 1],
      [0, 1],
    ]);
  });

  test("says what would stop a backup, and with which tools it would be made", async () => {
    const { id } = await add("Blocked");
    expect((await get(id)).blockers.map((reason) => reason.code)).toEqual(["no-worker"]);
    await insertWorker(context.db);
    expect(await get(id)).toMatchObject({ blockers: [], toolSet: { major: 15, version: "15.20" } });
    await insertWorker(context.db, { stoppedAt: new Date() });
    const silent = await insertServer(context.db, { workerGroup: "berlin", serverVersion: "15.20" });
    await insertWorker(context.db, { group: "berlin", heartbeatAt: new Date(Date.now() - 61_000) });
    const far = await add("Far", { serverId: silent });
    expect((await get(far.id)).blockers).toMatchObject([{ code: "no-worker", params: { group: "berlin" } }]);
  });
});

test("sources are listed by name, filtered, and paged without gaps while others are added", async () => {
  const here = await insertServer(context.db, { name: "List server" });
  for (const name of ["l-a", "L-b", "l-c", "l-d"]) await insertSource(context.db, here, { name });
  const list = (query: object) => listSources(context, { ...nothing, query: { limit: 2, server: here, ...query } });
  const first = await list({});
  expect(first).toMatchObject({ total: 4, totalCapped: false });
  await insertSource(context.db, here, { name: "l-aa" });
  const second = await list({ after: first.next ?? "" });
  expect([...first.items, ...second.items].map((item) => item.name)).toEqual(["l-a", "L-b", "l-c", "l-d"]);
  expect(second.next).toBeNull();
  expect((await list({ q: "L-B" })).items.map((item) => item.name)).toEqual(["L-b"]);
  expect((await list({ environment: "production" })).items).toEqual([]);
  expect((await listSources(viewer, { ...nothing, query: { limit: 2 } })).items).toHaveLength(2);
});

test("names for filters and menus say what is paused and what is being backed up, and leave out what was removed", async () => {
  const paused = await insertSource(context.db, serverId, { name: "Names paused", pausedAt: new Date() });
  const busy = await insertSource(context.db, serverId, { name: "names busy" });
  const removed = await insertSource(context.db, serverId, { name: "Names removed", removedAt: new Date() });
  const runId = await insertRun(context.db, { sourceId: busy, subject: busy, state: "queued" });
  await insertRun(context.db, { sourceId: busy, subject: busy, state: "succeeded" });
  await insertRun(context.db, { sourceId: paused, type: "verify", state: "running" });
  const { items } = await listSourceNames(viewer, nothing);
  expect(items.filter(({ id }) => [paused, busy, removed].includes(id))).toEqual([
    { id: busy, name: "names busy", engine: "postgres", serverName: "Main", path: null, paused: false, activeRunId: runId },
    { id: paused, name: "Names paused", engine: "postgres", serverName: "Main", path: null, paused: true, activeRunId: null },
  ]);
});
