import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { openPack } from "#lib/repository/read-pack";
import { createBackup } from "#lib/services/backups/run-now";
import { createLocalStorage } from "#lib/storage/local/local-storage";
import { byteThatCounts } from "#lib/testing/byte-that-counts";
import { testContext } from "#lib/testing/context";
import { createCatalogue, createShopDatabase, describeOn, type TestCatalogue, type TestDatabase } from "#lib/testing/postgres";
import { removeFolder, temporaryFolder } from "#lib/testing/temporary-folder";
import { addSource, createStation, type Station, loadRun } from "#lib/testing/worker-setup";
import { runCli } from "../cli-fixture.ts";

describeOn(17, (server) => {
  let test: TestCatalogue;
  let station: Station;
  let shop: TestDatabase;
  /** Packs and sidecars of a full and an incremental that needs it, away from their storage. */
  let packs: string;
  const kept = (kind: string) => readdirSync(packs).find((name) => name.includes(kind) && name.endsWith(".zst")) ?? "";
  const urlOf = (database: string) => server.url(database).replace(/:[^:@]+@/, "@");
  const restore = async (file: string, database: string, ...more: string[]) =>
    await runCli("restore", ["--file", file, "--url", urlOf(database), ...more], { PGPASSWORD: server.password });
  const drop = async (name: string) => void (await server.admin().unsafe(`drop database if exists "${name}" with (force)`));
  const isThere = async (name: string) => (await server.admin()`select 1 from pg_database where datname = ${name}`).length === 1;

  beforeAll(async () => {
    test = await createCatalogue();
    const context = testContext(test.catalogue);
    station = await createStation({ catalogue: test.catalogue, url: test.url, context });
    shop = await createShopDatabase(server);
    const { sourceId } = await addSource(context, server, shop.name);
    const worker = await station.startWorker();
    for (const kind of ["full", "incremental"] as const) {
      const { id } = await createBackup(context, { params: {}, query: {}, ifMatch: null, body: { sourceId, kind, reason: "", note: "" } });
      await vi.waitUntil(async () => (await loadRun(test.catalogue.db, id)).state === "succeeded", { timeout: 60_000, interval: 50 });
      await shop.sql`update products set name = name || ' (new)' where id < 20 and name not like '%(new)'`;
    }
    await worker.stop();
    packs = join(station.tempDir, "..", "elsewhere");
    const chains = readdirSync(station.backupDir, { recursive: true, encoding: "utf8" }).filter((name) => /\.zst(\.json)?$/.test(name));
    mkdirSync(packs);
    for (const name of chains) copyFileSync(join(station.backupDir, name), join(packs, name.split("/").at(-1)!));
  });
  afterAll(async () => {
    await station.remove();
    await shop.drop();
    await test.drop();
  });

  it("a full and a member of its chain come back without a server, found beside each other", async () => {
    for (const [kind, changed] of [
      ["_full_", 0],
      ["_incremental_", 10],
    ] as const) {
      const name = `${shop.name}${kind}`;
      const ended = await restore(join(packs, kept(kind)), name, "--json");
      expect(ended).toMatchObject({ code: 0 });
      expect(JSON.parse(ended.out)).toMatchObject({ created: true, vouchedBy: "its index", equalTables: expect.any(Number) as unknown });
      expect(await isThere(name)).toBe(true);
      const copy = postgres(server.url(name), { max: 1, onnotice: () => undefined });
      expect(await copy`select count(*)::int as count from products where name like '% (new)'`).toEqual([{ count: changed }]);
      await copy.end();
      await drop(name);
    }
  });

  it("a member without what it needs, a flipped bit and a sidecar of another pack are refused before anything is made", async () => {
    const folder = await temporaryFolder();
    const member = kept("_incremental_");
    const name = `${shop.name}_refused`;
    copyFileSync(join(packs, member), join(folder, member));
    expect(await restore(join(folder, member), name)).toMatchObject({ code: 5 });
    const full = kept("_full_");
    const bytes = readFileSync(join(packs, full));
    const { frameOffsets } = await openPack(createLocalStorage({ root: packs }), full);
    const wanted = Math.floor(bytes.length / 3);
    const begin = frameOffsets.findLast((offset) => offset <= wanted) ?? 0;
    const frame = bytes.subarray(
      begin,
      frameOffsets.find((offset) => offset > wanted),
    );
    // A bit that a decoder does not look at damages the file, and not what is in it.
    frame[byteThatCounts(frame, 4, wanted - begin)]! ^= 4;
    writeFileSync(join(folder, full), bytes);
    expect(await restore(join(folder, full), name)).toMatchObject({ code: 5 });
    copyFileSync(join(packs, full), join(folder, "other.zst"));
    copyFileSync(join(packs, `${member}.json`), join(folder, "other.zst.json"));
    expect(await restore(join(folder, "other.zst"), name)).toMatchObject({ code: 5 });
    renameSync(join(folder, "other.zst.json"), join(folder, "gone.json"));
    expect(await isThere(name)).toBe(false);
    await removeFolder(folder);
  });
});
