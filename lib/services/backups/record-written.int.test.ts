import { inArray, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { backupDependencies } from "#lib/db/schema/backup-dependencies";
import { backups } from "#lib/db/schema/backups";
import { insertBackup, insertDestination, insertServer, insertSource } from "#lib/testing/catalogue-rows";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { type DumpedBackup, recordWritten } from "./record-written.ts";

let home: TestCatalogue;
beforeAll(async () => {
  home = await createCatalogue();
});
afterAll(() => home.drop());

/** What a small dump learnt that needs one other backup. */
const dumpedOn = (needed: string): DumpedBackup => ({
  written: {
    stream: { name: "base", bytes: 10, sha256: "0".repeat(64), rootHash: "0".repeat(64), segments: 1 },
    pack: { bytes: 10, packSha256: "0".repeat(64), storedBytes: 10, storedSha256: "0".repeat(64) },
    needs: [{ backupId: needed, packId: "pck_1", key: "a/b.pack", readBytes: 5, ranges: 1 }],
    newSegments: 1,
  } as never,
  result: { tables: [], warnings: [], manifest: null },
  listing: "",
});

it("a member that is written while its full is being removed waits for that, and stands in nobody's way", async () => {
  const { db, sql: client } = home.catalogue;
  const at = { sourceId: await insertSource(db, await insertServer(db)), destinationId: await insertDestination(db) };
  const full = await insertBackup(db, at);
  const [row] = await db.select({ chainId: backups.chainId }).from(backups);
  const member = await insertBackup(db, at, { chainId: row?.chainId ?? "", kind: "incremental", baseId: full, state: "writing" });
  const waiting = () => client`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  const writes: Promise<void>[] = [];
  // As a removal does: what it is asked for first, then all that goes with it.
  const both = await db.transaction(async (tx) => {
    await tx.execute(sql`set local lock_timeout = '20s'`);
    await tx
      .select()
      .from(backups)
      .where(inArray(backups.id, [full]))
      .for("update");
    writes.push(db.transaction((other) => recordWritten(other, member, dumpedOn(full), [])));
    await expect.poll(waiting).toHaveLength(1);
    return tx
      .select({ id: backups.id })
      .from(backups)
      .where(inArray(backups.id, [full, member]))
      .for("update");
  });
  expect(both).toHaveLength(2);
  await Promise.all(writes);
  expect(await db.select({ needs: backupDependencies.needsId, gone: backupDependencies.gone }).from(backupDependencies)).toEqual([
    { needs: full, gone: false },
  ]);
});
