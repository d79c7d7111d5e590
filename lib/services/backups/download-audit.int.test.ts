import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { auditEvents } from "#lib/db/schema/audit-events";
import { backupStreams } from "#lib/db/schema/backup-streams";
import { packs } from "#lib/db/schema/packs";
import { insertBackup, insertDestination, insertServer, insertSource, newId } from "#lib/testing/catalogue-rows";
import { testActor, testContext, type TestContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { openDownload } from "./open-download.ts";

let home: TestCatalogue;
let context: TestContext;
let backupId: string;
let nowMs = Date.parse("2026-11-21T02:00:00Z");

beforeAll(async () => {
  home = await createCatalogue();
  context = testContext(home.catalogue, { now: () => new Date(nowMs) });
  const { db } = home.catalogue;
  const sourceId = await insertSource(db, await insertServer(db));
  backupId = await insertBackup(db, { sourceId, destinationId: await insertDestination(db) });
  const size = { bytes: 100, packSha256: "", storedBytes: 100, storedSha256: "" };
  await db.insert(packs).values({ id: newId("pack"), backupId, key: "a/b/c.dump.zst", ...size });
  await db.insert(backupStreams).values({ backupId, name: "base", bytes: 100, sha256: "", rootHash: "", segments: 1 });
});
afterAll(() => home.drop());

async function download(caller: TestContext, format: "dump" | "stored" = "dump"): Promise<void> {
  const opened = await openDownload(caller, { params: { id: backupId }, query: { format } });
  await opened.release();
}
const told = async () => (await home.catalogue.db.select().from(auditEvents).where(eq(auditEvents.action, "backup.download"))).length;

it("tells one download once, however many pieces are asked for, also at once", async () => {
  await Promise.all(Array.from({ length: 6 }, () => download(context)));
  await download(context);
  expect(await told()).toBe(1);
});

it("tells another person, another file, another address and a later download apart", async () => {
  const before = await told();
  await download({ ...context, actor: testActor() });
  await download(context, "stored");
  await download({ ...context, address: "10.0.0.9" });
  expect(await told()).toBe(before + 3);
  nowMs += 16 * 60_000;
  await download(context);
  expect(await told()).toBe(before + 4);
  // A clock that went back does not silence what comes after it.
  nowMs -= 3_600_000;
  await download(context);
  expect(await told()).toBe(before + 5);
});
