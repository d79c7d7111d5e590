import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listRestorePoints as contract } from "#lib/contracts/restore-points";
import { catalogueSession } from "#lib/db/client";
import { backupDependencies } from "#lib/db/schema/backup-dependencies";
import { packs } from "#lib/db/schema/packs";
import { validations } from "#lib/db/schema/validations";
import { insertBackup, insertDestination, insertRun, insertServer, insertSource, newId } from "#lib/testing/catalogue-rows";
import { testActor, type TestContext, testContext } from "#lib/testing/context";
import { fillLargeCatalogue, suiteSize } from "#lib/testing/large-catalogue";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { chooseForDate } from "./choose-for-date.ts";
import { listRestorePoints } from "./list.ts";

const nothing = { params: {}, body: {}, ifMatch: null };
const day = (number: number, hour = 0) => new Date(Date.UTC(2026, 0, number, hour));

let home: TestCatalogue;
let context: TestContext;
let destinationId: string;
let serverId: string;

beforeAll(async () => {
  home = await createCatalogue();
  context = testContext(home.catalogue);
  serverId = await insertServer(context.db);
  destinationId = await insertDestination(context.db);
});
afterAll(() => home.drop());

const newPlace = async () => ({ sourceId: await insertSource(context.db, serverId), destinationId });
type Place = Awaited<ReturnType<typeof newPlace>>;
const ask = (query: object, as = context) => listRestorePoints(as, { ...nothing, query: contract.query.parse(query) });

const insertPack = async (backupId: string) => {
  const [id, sha256] = [newId("pack"), "ab".repeat(32)];
  await context.db
    .insert(packs)
    .values({ id, backupId, key: `s/c/${id}`, bytes: 1, packSha256: sha256, storedBytes: 1, storedSha256: sha256 });
  return { packId: id, packKey: `s/c/${id}` };
};
/** A member that needs another backup's pack; `lost` says that the catalogue does not know that pack. */
const insertMember = async (place: Place, number: number, needsId: string, lost = false) => {
  const id = await insertBackup(context.db, place, { kind: "incremental", snapshotAt: day(number) });
  const needed = lost ? { packId: newId("pack"), packKey: "s/c/gone" } : await insertPack(needsId);
  await context.db.insert(backupDependencies).values({ backupId: id, needsId, reason: "packs", ...needed, readBytes: 10, ranges: 2 });
  return id;
};

describe("restore points", () => {
  test("stand in order, with kind, meter, sizes, packs and what blocks them", async () => {
    const place = await newPlace();
    const full = await insertBackup(context.db, place, { snapshotAt: day(1), label: "first" }, { verifiedAt: day(2) });
    const member = await insertMember(place, 2, full);
    const broken = await insertMember(place, 3, full, true);
    const damaged = await insertBackup(
      context.db,
      place,
      { snapshotAt: day(4) },
      { state: "damaged", failedAt: day(5), failure: { code: "pack-damaged", params: { key: "k", detail: "frame 3" } } },
    );
    await insertBackup(context.db, place, { state: "writing", snapshotAt: day(5) }, { state: "writing", storedAt: null });
    await insertBackup(context.db, place, { state: "deleting", snapshotAt: day(5) });
    const proof = { id: newId("validation"), level: "proven" as const, verdict: "passed" as const, checks: [], at: day(6), durationMs: 1 };
    await context.db.insert(validations).values({ ...proof, backupId: member });
    const found = await ask({ source: place.sourceId });
    expect(
      found.points.map(({ backupId, from, kind, packs: count, blocker }) => [backupId, from, kind, count, blocker?.code ?? null]),
    ).toEqual([
      [full, day(1).toISOString(), "full", 1, null],
      [member, day(2).toISOString(), "incremental", 2, null],
      [broken, day(3).toISOString(), "incremental", 2, "chain-broken"],
      [damaged, day(4).toISOString(), "full", 1, "pack-damaged"],
    ]);
    const [first, second] = found.points;
    expect(first).toMatchObject({ type: "snapshot", to: first?.from, origin: "made", label: "first", streamBytes: 1000, storedBytes: 400 });
    expect(first?.meter.verified.state).toBe("yes");
    expect(second?.meter.proven).toEqual({ state: "yes", at: day(6).toISOString() });
    expect(found).toMatchObject({ truncated: false, usualSeconds: 86_400, missed: [] });
    expect(contract.response.parse(found)).toEqual(found);
  });

  test("gaps are judged by what can be restored, also across the ends of a range, and the last one is open", async () => {
    const place = await newPlace();
    for (const number of [1, 2, 3, 4, 12, 13]) await insertBackup(context.db, place, { snapshotAt: day(number) });
    await insertBackup(context.db, place, { snapshotAt: day(8) }, { state: "missing" });
    const source = place.sourceId;
    const whole = await ask({ source });
    const closed = { from: day(4).toISOString(), to: day(12).toISOString(), seconds: 8 * 86_400 };
    expect(whole.gaps).toEqual([closed, { from: day(13).toISOString(), to: null, seconds: expect.any(Number) }]);
    const between = await ask({ source, from: day(6).toISOString(), to: day(9).toISOString() });
    expect(between.points.map(({ blocker }) => blocker?.code)).toEqual(["pack-missing"]);
    expect(between.gaps).toEqual([closed]);
    expect(between.usualSeconds).toBe(whole.usualSeconds);
    expect((await ask({ source, from: day(3).toISOString(), to: day(4).toISOString() })).gaps).toEqual([closed]);
  });

  test("backups that failed or were cancelled are told with their reason, others are not", async () => {
    const place = await newPlace();
    const at = { sourceId: place.sourceId, queuedAt: day(2) };
    const failed = await insertRun(context.db, { ...at, state: "failed", error: { code: "host-unknown", params: { host: "db" } } });
    const cancelled = await insertRun(context.db, { ...at, state: "cancelled", queuedAt: day(3) });
    await insertRun(context.db, { ...at, state: "succeeded" });
    await insertRun(context.db, { ...at, type: "verify", state: "failed" });
    const { missed } = await ask({ source: place.sourceId });
    expect(missed.map(({ runId, state, error }) => [runId, state, error?.code ?? null])).toEqual([
      [failed, "failed", "host-unknown"],
      [cancelled, "cancelled", null],
    ]);
    expect((await ask({ source: place.sourceId, from: day(3).toISOString() })).missed.map(({ runId }) => runId)).toEqual([cancelled]);
  });

  test("are nobody's who may not read, and none of a source that there is not", async () => {
    const place = await newPlace();
    const stranger = testContext(home.catalogue, { actor: { ...testActor("viewer"), scopes: [] } });
    await expect(ask({ source: place.sourceId }, stranger)).rejects.toMatchObject({ code: "not-allowed" });
    await expect(ask({ source: newId("source") })).rejects.toMatchObject({ code: "not-found" });
    expect(await ask({ source: place.sourceId })).toMatchObject({ points: [], gaps: [], usualSeconds: null });
  });
});

describe("the backup for a date", () => {
  test("is the newest whole one at or before it, past a hundred broken ones as well", async () => {
    const place = await newPlace();
    const whole = await insertBackup(context.db, place, { snapshotAt: day(1) });
    for (let minute = 0; minute < 101; minute += 1) {
      await insertBackup(context.db, place, { snapshotAt: new Date(day(2).getTime() + minute * 60_000) }, { state: "missing" });
    }
    expect(await chooseForDate(context.db, place.sourceId, day(9))).toBe(whole);
    expect(await chooseForDate(context.db, place.sourceId, day(1))).toBe(whole);
    await expect(chooseForDate(context.db, place.sourceId, new Date(day(1).getTime() - 1))).rejects.toMatchObject({
      code: "no-restore-point",
      params: { at: "2025-12-31T23:59:59.999Z" },
    });
  });

  test("of a source that there is not is not found", async () => {
    await expect(chooseForDate(context.db, newId("source"), day(1))).rejects.toMatchObject({ code: "not-found" });
  });

  test("is not one whose last verification failed, nor one that is being removed", async () => {
    const place = await newPlace();
    const good = await insertBackup(context.db, place, { snapshotAt: day(1) });
    const failure = { code: "stream-mismatch", params: { expected: "a", actual: "b" } } as const;
    await insertBackup(context.db, place, { snapshotAt: day(2) }, { failedAt: day(3), failure });
    await insertBackup(context.db, place, { snapshotAt: day(3), state: "deleting" });
    await insertBackup(context.db, place, { snapshotAt: day(4), state: "trashed" });
    expect(await chooseForDate(context.db, place.sourceId, day(9))).toBe(good);
  });
});

/** What `lib/http/scale.int.test.ts` allows a page of a large catalogue. */
const mostBlocks = 12_500;

test("10,000 backups of one source are answered for with a fixed number of queries and few blocks", async () => {
  const large = await createCatalogue();
  const ids = await fillLargeCatalogue(large.catalogue.db, {
    ...suiteSize,
    sources: 10,
    backupsPerSource: 999,
    restores: 10,
    auditEvents: 10,
    detailed: 10,
    fullLogs: 1,
    logLines: 10,
  });
  // The same source for all: 9,990 backups, five of seven with two others that they need.
  await large.catalogue.db.execute(sql`update lifeboat.backups set source_id = ${ids.source}`);
  await large.catalogue.db.execute(sql`update lifeboat.copies set source_id = ${ids.source}`);
  await large.catalogue.db.execute(sql`update lifeboat.runs set source_id = ${ids.source}`);
  await large.catalogue.db.execute(sql`vacuum full analyze`);
  let sent: { query: string; params: unknown[] }[] = [];
  const client = postgres(large.url, { max: 4, onnotice: () => undefined, connection: catalogueSession });
  const db = drizzle(client, { logger: { logQuery: (query, params) => void sent.push({ query, params }) } });
  try {
    const as = { ...testContext(large.catalogue), db };
    const counts: number[] = [];
    const newest = Date.now() - 200 * 86_400_000;
    for (const query of [
      {},
      { to: new Date(newest).toISOString() },
      { from: new Date(newest).toISOString(), to: new Date().toISOString() },
    ]) {
      sent = [];
      const found = await ask({ source: ids.source, ...query }, as);
      expect(found.points.length).toBe(1000);
      counts.push(sent.length);
      let blocks = 0;
      for (const { query: text, params } of sent.splice(0)) {
        const [row] = await client.unsafe<{ "QUERY PLAN": { Plan: Record<string, number> }[] }[]>(
          `explain (analyze, buffers, timing off, format json) ${text}`,
          params as never[],
        );
        const plan = row?.["QUERY PLAN"][0]?.Plan ?? {};
        blocks += (plan["Shared Hit Blocks"] ?? 0) + (plan["Shared Read Blocks"] ?? 0);
      }
      expect(blocks).toBeLessThan(mostBlocks);
    }
    expect(Math.max(...counts)).toBeLessThanOrEqual(9);
  } finally {
    await client.end();
    await large.drop();
  }
});
