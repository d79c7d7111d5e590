import { mkdir, readdir, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runTool } from "#lib/exec/run-tool";
import { createLogger } from "#lib/log/log";
import { createCatalogue, createEmptyDatabase, testServer } from "#lib/testing/postgres";
import { temporaryFolder } from "#lib/testing/temporary-folder";
import { backUpCatalogue, catalogueBackupFolder, catalogueBackupIsDue, checkCatalogueBackup } from "./catalogue-backup.ts";
import { connectionEnvironment } from "./connection-environment.ts";
import { schemaState, upgradeCatalogue } from "./migrate.ts";

const logger = createLogger("error", {}, () => undefined);
const hour = 3_600_000;

async function newCatalogue() {
  const home = await createCatalogue();
  onTestFinished(home.drop);
  const backupDir = await temporaryFolder();
  return { home, backupDir, options: { url: home.url, backupDir, pgBinPath: [testServer(15).binDir], logger } };
}

test("a backup of the catalogue is restored by stock pg_restore", async () => {
  const { home, options } = await newCatalogue();
  await home.catalogue.sql`insert into lifeboat.installation (id, created_at, last_seen_at) values ('ins_1', now(), now())`;
  const path = await backUpCatalogue(options, new Date());
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const copy = await createEmptyDatabase(testServer(15));
  onTestFinished(copy.drop);
  const env = connectionEnvironment(copy.url);
  const file = join(testServer(15).binDir, "pg_restore");
  const result = await runTool({ file, args: ["--exit-on-error", "--dbname=", path], env, timeoutMs: 60_000 });
  expect([result.exitCode, result.stderr]).toEqual([0, ""]);
  expect(await copy.sql`select id from lifeboat.installation`).toMatchObject([{ id: "ins_1" }]);
  expect(await schemaState(copy.url)).toBe("current");
});

test("a backup is due once a day, and seven are kept", async () => {
  const { backupDir, options } = await newCatalogue();
  const start = new Date("2026-11-01T00:00:00Z");
  expect(await catalogueBackupIsDue(backupDir, start)).toBe(true);
  for (let day = 0; day < 9; day += 1) {
    const at = new Date(start.getTime() + day * 24 * hour);
    await utimes(await backUpCatalogue(options, at), at, at);
  }
  const names = (await readdir(catalogueBackupFolder(backupDir))).sort();
  expect(names.filter((name) => name.endsWith(".dump"))).toHaveLength(7);
  // Each with its checksum, and no checksum without its backup.
  expect(names.filter((name) => name.endsWith(".sha256"))).toHaveLength(7);
  expect(names[0]).toBe("catalogue_20261103T000000Z.dump");
  expect(await checkCatalogueBackup(join(catalogueBackupFolder(backupDir), names[0] ?? ""))).toBe("whole");
  const last = start.getTime() + 8 * 24 * hour;
  expect(await catalogueBackupIsDue(backupDir, new Date(last + 23 * hour))).toBe(false);
  expect(await catalogueBackupIsDue(backupDir, new Date(last + 24 * hour))).toBe(true);
});

test("a failed backup of the catalogue leaves no file and stops the upgrade before it changes anything", async () => {
  const { home, backupDir, options } = await newCatalogue();
  await home.catalogue
    .sql`delete from drizzle.__drizzle_migrations where created_at = (select max(created_at) from drizzle.__drizzle_migrations)`;
  expect(await schemaState(home.url)).toBe("behind");
  // A pg_dump that writes half of its file and then fails, preferred through PG_BIN_PATH.
  const fake = join(await temporaryFolder(), "bin");
  await mkdir(fake);
  const half = `for argument; do case "$argument" in --file=*) echo half > "\${argument#--file=}";; esac; done\necho "disk on fire" >&2\nexit 1`;
  for (const name of ["postgres", "initdb", "pg_ctl", "psql", "pg_dump"]) {
    const body = name === "pg_dump" ? half : `echo "postgres (PostgreSQL) ${testServer(15).major}.0"`;
    await writeFile(join(fake, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  }
  const broken = { ...options, pgBinPath: [fake] };
  await expect(upgradeCatalogue(broken, () => undefined, new Date())).rejects.toThrow(/must be backed up before its upgrade.*disk on fire/);
  expect(await schemaState(home.url)).toBe("behind");
  expect(await readdir(catalogueBackupFolder(backupDir))).toEqual([]);
});

test("a catalogue of a newer version is left alone", async () => {
  const { home, options } = await newCatalogue();
  await home.catalogue.sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 99999999999999)`;
  await expect(upgradeCatalogue(options, () => undefined, new Date())).rejects.toThrow(/upgraded by a newer version/);
});

test("an empty database is migrated without a backup", async () => {
  const empty = await createEmptyDatabase(testServer(15));
  onTestFinished(empty.drop);
  const backupDir = await temporaryFolder();
  await upgradeCatalogue({ url: empty.url, backupDir, pgBinPath: [], logger }, () => undefined, new Date());
  expect(await schemaState(empty.url)).toBe("current");
  expect(await readdir(backupDir)).toEqual([]);
});

test("a clock that jumps removes no backup of the catalogue and does not stop them", async () => {
  const { backupDir, options } = await newCatalogue();
  const now = new Date("2026-11-20T00:00:00Z");
  const year = 365 * 24 * hour;
  const at = (ms: number) => new Date(now.getTime() + ms);
  const write = async (ms: number) => utimes(await backUpCatalogue(options, at(ms)), at(ms), at(ms));
  const stamps = async () => (await readdir(catalogueBackupFolder(backupDir))).filter((name) => name.endsWith(".dump")).sort();
  for (let day = -7; day < 0; day += 1) await write(day * 24 * hour);
  const before = await stamps();
  // Ten years ahead: one more backup, and what was there stays.
  await write(10 * year);
  expect(await stamps()).toEqual(expect.arrayContaining(before));
  // Back again: the one from the future does not count as of today, and is not what the others are measured by.
  expect(await catalogueBackupIsDue(backupDir, now)).toBe(true);
  await write(0);
  expect(await catalogueBackupIsDue(backupDir, at(hour))).toBe(false);
  // A year back: due, and neither it nor one of the others goes.
  expect(await catalogueBackupIsDue(backupDir, at(-year))).toBe(true);
  const all = await stamps();
  await write(-year);
  expect(await stamps()).toEqual(expect.arrayContaining(all.slice(1)));
  expect((await stamps())[0]).toBe("catalogue_20251120T000000Z.dump");
});
