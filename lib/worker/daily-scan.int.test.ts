import { cp } from "node:fs/promises";
import { join } from "node:path";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { backups } from "#lib/db/schema/backups";
import { orphanPacks } from "#lib/db/schema/orphan-packs";
import { packs } from "#lib/db/schema/packs";
import { runs } from "#lib/db/schema/runs";
import { type ChainKit, createChainKit } from "#lib/testing/chain-kit";
import { testServer } from "#lib/testing/postgres";

let kit: ChainKit;

beforeAll(async () => {
  kit = await createChainKit(testServer(15));
  await kit.database.sql`create table pets as select i as id from generate_series(1, 10) i`;
});
afterAll(() => kit.close());

it("compares storage with the catalogue once a day by itself, and finds a file that no row tells of", async () => {
  const { db } = kit.test.catalogue;
  const id = await kit.backUp("full");
  const [pack] = await db.select().from(packs).where(eq(packs.backupId, id));
  const orphan = pack!.key.replace("_full_", "_full_0");
  await cp(join(kit.station.backupDir, pack!.key), join(kit.station.backupDir, orphan));
  const scans = () => db.select().from(runs).where(eq(runs.type, "scan-storage"));
  const worker = await kit.station.startWorker({ scanEveryMs: 50 });
  try {
    // Nothing is a day old: the next one, asked for by hand of the clock, is the first.
    await db
      .update(backups)
      .set({ snapshotAt: sql`clock_timestamp() - interval '25 hours'` })
      .where(eq(backups.id, id));
    await expect.poll(async () => (await scans()).map((run) => `${run.trigger} ${run.state}`)).toEqual(["daily succeeded"]);
    expect((await db.select().from(orphanPacks)).map((row) => row.key)).toEqual([orphan]);
    await db
      .update(runs)
      .set({ queuedAt: sql`clock_timestamp() - interval '25 hours'` })
      .where(eq(runs.type, "scan-storage"));
    await expect.poll(async () => (await scans()).length).toBe(2);
  } finally {
    await worker.stop();
  }
});
