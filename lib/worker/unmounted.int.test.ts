import { eq, sql } from "drizzle-orm";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { backups } from "#lib/db/schema/backups";
import { deleteBackup } from "#lib/services/backups/remove";
import { createBackup } from "#lib/services/backups/run-now";
import { verifyBackup } from "#lib/services/backups/verify";
import { cleanUpSource } from "#lib/services/policies/start-clean-up";
import { createItemChains, type ItemChains } from "#lib/testing/item-chains";

const none = { query: {}, ifMatch: null } as const;
const unmarked = { state: "failed", error: { code: "destination-unmarked" } };
let kit: ItemChains;

beforeAll(async () => {
  kit = await createItemChains();
});
afterAll(() => kit.close());

const backUp = () =>
  kit.ended(createBackup(kit.context, { ...none, params: {}, body: { sourceId: kit.sourceId, kind: "full", reason: "", note: "" } }));

it("a disk that is not mounted is no empty destination: nothing is written, nothing counts as removed, and all goes on when it is back", async () => {
  const [old, kept] = [await kit.backUp("full"), await kit.backUp("full")];
  const { version } = await kit.backup(old.id);
  await kit.ended(
    deleteBackup(kit.context, { params: { id: old.id }, query: { dependents: "refuse", when: "trash" }, body: {}, ifMatch: version }),
  );
  await kit.db
    .update(backups)
    .set({ purgeAt: sql`clock_timestamp() - interval '1 second'` })
    .where(eq(backups.id, old.id));
  const pack = await kit.packPath(old.id);
  const { backupDir } = kit.station;
  await rename(backupDir, `${backupDir}.away`);
  await mkdir(backupDir);

  expect(await backUp()).toMatchObject(unmarked);
  expect(await kit.ended(verifyBackup(kit.context, { ...none, params: { id: kept.id }, body: {} }))).toMatchObject(unmarked);
  const cleanUp = () => kit.ended(cleanUpSource(kit.context, { ...none, params: { id: kit.sourceId }, body: {} }));
  expect(await cleanUp()).toMatchObject({ state: "failed" });
  expect((await kit.backup(old.id)).state).toBe("trashed");
  expect(await readdir(backupDir)).toEqual([]);

  await rm(backupDir, { recursive: true });
  await rename(`${backupDir}.away`, backupDir);
  expect((await stat(pack)).isFile()).toBe(true);
  expect(await backUp()).toMatchObject({ state: "succeeded", error: null });
  expect(await cleanUp()).toMatchObject({ state: "succeeded", error: null });
  await expect(stat(pack)).rejects.toMatchObject({ code: "ENOENT" });
});
