import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { backups } from "#lib/db/schema/backups";
import { copies } from "#lib/db/schema/copies";
import { installation } from "#lib/db/schema/installation";
import { createBackup } from "#lib/services/backups/run-now";
import { previewRestore } from "#lib/services/restores/preview";
import { createRestore } from "#lib/services/restores/start";
import type { RunRow } from "#lib/services/runs/start";
import type { WorkerDeps } from "#lib/services/runs/work";
import { testContext, type TestContext } from "#lib/testing/context";
import { createCatalogue, createEmptyDatabase, type TestCatalogue, type TestDatabase, testServer } from "#lib/testing/postgres";
import { restoreOrder } from "#lib/testing/restore-order";
import { addSource, createStation, type Station, untilEnded } from "#lib/testing/worker-setup";
import { whyNoMount } from "#lib/testing/why-no-mount";

const none = { query: {}, ifMatch: null } as const;
const server = testServer(15);
const mebibyte = 1024 * 1024;
let test: TestCatalogue;
let context: TestContext;
let source: TestDatabase;
let serverId: string;
let sourceId: string;
const clean: (() => Promise<void> | void)[] = [];
const db = () => test.catalogue.db;

beforeAll(async () => {
  source = await createEmptyDatabase(server);
  await source.sql`create table small as select i as id from generate_series(1, 100) i`;
});
afterEach(async () => {
  for (const undo of clean.splice(0).reverse()) await undo();
});
afterAll(() => source.drop());

/** Adds half a mebibyte a step that no compression makes smaller. */
async function grow(steps: number): Promise<void> {
  await source.sql`create extension if not exists pgcrypto`;
  await source.sql`create table big (id int, bytes bytea)`;
  await source.sql`alter table big alter column bytes set storage external`;
  for (let at = 0; at < steps; at += 1) {
    await source.sql`insert into big select i, gen_random_bytes(1024) from generate_series(1, 512) i`;
  }
}

function mountTmpfs(path: string, size: string): void {
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", path], { stdio: "pipe" });
  clean.push(() => void execFileSync("umount", ["-l", path]));
}

const noMount = await whyNoMount();

describe.skipIf(noMount !== null)(`a disk${noMount === null ? "" : ` (${noMount})`}`, () => {
  let folder: string;
  let station: Station;

  /** An installation of its own whose `which` folder is a file system of `size`. */
  async function onDisk(which: "backups" | "tmp", size: string): Promise<string> {
    test = await createCatalogue();
    clean.push(() => test.drop());
    context = testContext(test.catalogue);
    ({ serverId, sourceId } = await addSource(context, server, source.name));
    folder = await mkdtemp(join(tmpdir(), "lifeboat-disk-"));
    clean.push(() => rm(folder, { recursive: true, force: true }));
    const paths = { backups: join(folder, "backups"), tmp: join(folder, "tmp") };
    await mkdir(paths.backups);
    await mkdir(paths.tmp);
    mountTmpfs(paths[which], size);
    station = await createStation({ catalogue: test.catalogue, url: test.url, context, backupDir: paths.backups, tempDir: paths.tmp });
    clean.push(() => station.remove());
    return paths[which];
  }

  async function withWorker<T>(change: ((deps: WorkerDeps) => WorkerDeps) | undefined, work: () => Promise<T>): Promise<T> {
    const worker = await station.startWorker(change === undefined ? {} : { change });
    try {
      return await work();
    } finally {
      await worker.stop();
    }
  }

  async function backUp(): Promise<RunRow> {
    const { id } = await createBackup(context, { ...none, params: {}, body: { sourceId, kind: "full", reason: "", note: "" } });
    return untilEnded(db(), id);
  }
  const stored = async (path: string) =>
    (await readdir(path, { recursive: true })).filter((name) => name.includes(".zst") || name.includes("~"));
  /** As if nothing could be estimated: then only the write itself finds out. */
  const blind = (deps: WorkerDeps): WorkerDeps => ({
    ...deps,
    destination: { ...deps.destination, storage: { ...deps.destination.storage, space: () => Promise.resolve(null) } },
    tempSpace: () => Promise.resolve({ freeBytes: 1e12 }),
  });

  it("that is too small for the estimate refuses a backup before it starts, with numbers", async () => {
    const path = await onDisk("backups", "8m");
    const run = await withWorker(undefined, backUp);
    expect(run).toMatchObject({ state: "failed", error: { code: "no-space", params: { path } } });
    expect(run.error?.params["freeBytes"]).toBeLessThanOrEqual(8 * mebibyte);
    expect(run.error?.params["neededBytes"]).toBeGreaterThan(16 * mebibyte);
    expect(await stored(path)).toEqual([]);
    expect(await db().select().from(backups)).toEqual([]);
  });

  it("that fills up while writing fails the run with numbers; the partial file goes, good backups stay", async () => {
    const path = await onDisk("backups", "4m");
    expect((await withWorker(blind, backUp)).state).toBe("succeeded");
    const before = await stored(path);
    await grow(12);
    const run = await withWorker(blind, backUp);
    await source.sql`drop table big`;
    expect(run).toMatchObject({ state: "failed", error: { code: "no-space" }, backupId: null });
    expect(run.error?.params["neededBytes"]).toBeGreaterThan(run.error?.params["freeBytes"] as number);
    expect(await stored(path)).toEqual(before);
    expect((await db().select().from(copies)).map((copy) => copy.state)).toEqual(["stored"]);
    expect((await withWorker(blind, backUp)).state).toBe("succeeded");
  });

  it("of temporary files that is too small blocks a restore in its preview; one that fills up fails before the target is touched", async () => {
    await grow(6);
    const path = await onDisk("tmp", "4m");
    const { backupId } = await withWorker(blind, backUp);
    await source.sql`drop table big`;
    const target = `disk_${process.pid}`;
    const body = restoreOrder({ backupId: backupId ?? "", serverId, database: target, jobs: 1, keepOnFailure: true });
    await withWorker(undefined, async () => {
      const preview = await previewRestore(context, { ...none, params: {}, body });
      expect(preview.blockers).toMatchObject([{ code: "no-space", params: { path } }]);
    });
    const ended = await withWorker(blind, async () => {
      const { run } = await createRestore(context, { ...none, params: {}, body });
      return untilEnded(db(), run.id);
    });
    expect(ended).toMatchObject({ state: "failed", error: { code: "no-space" } });
    expect(await server.admin()`select 1 from pg_database where datname = ${target}`).toHaveLength(0);
    expect(await readdir(path)).toEqual([]);
  });

  it("that turned read-only fails the run with that reason, and works again when it is writable", async () => {
    const path = await onDisk("backups", "64m");
    expect((await withWorker(undefined, backUp)).state).toBe("succeeded");
    execFileSync("mount", ["-o", "remount,ro", path]);
    expect(await withWorker(undefined, backUp)).toMatchObject({ state: "failed", error: { code: "read-only" } });
    execFileSync("mount", ["-o", "remount,rw", path]);
    expect((await withWorker(undefined, backUp)).state).toBe("succeeded");
    expect(await stored(path)).toHaveLength(4);
  });

  it("that belongs to another installation fails the run with that reason, and nothing is written", async () => {
    const path = await onDisk("backups", "64m");
    expect((await withWorker(undefined, backUp)).state).toBe("succeeded");
    await db().delete(installation);
    const other = await createStation({ catalogue: test.catalogue, url: test.url, context, backupDir: path });
    const before = await stored(path);
    const worker = await other.startWorker();
    expect(await backUp()).toMatchObject({ state: "failed", error: { code: "destination-foreign" } });
    await worker.stop();
    expect(await stored(path)).toEqual(before);
    await other.remove();
  });
});
