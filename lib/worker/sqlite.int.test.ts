import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { eq, ne } from "drizzle-orm";
import { createReadStream, existsSync, readdirSync, readFileSync, statSync, chmodSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { backups } from "#lib/db/schema/backups";
import { backupStreams } from "#lib/db/schema/backup-streams";
import { backupTables } from "#lib/db/schema/backup-tables";
import { restores } from "#lib/db/schema/restores";
import { runSteps } from "#lib/db/schema/run-steps";
import { runs } from "#lib/db/schema/runs";
import { sources } from "#lib/db/schema/sources";
import { validations } from "#lib/db/schema/validations";
import type { BackupKind } from "#lib/domain/backup-state";
import { type Ground, makeDatabase, makeGround, readInvariant, startWriter, total } from "#lib/engines/sqlite/sqlite-fixture";
import { createBackup } from "#lib/services/backups/run-now";
import { verifyBackup } from "#lib/services/backups/verify";
import { getOverview } from "#lib/services/system/overview";
import { searchEverything } from "#lib/services/system/search";
import { previewRestore } from "#lib/services/restores/preview";
import { createRestore } from "#lib/services/restores/start";
import { checkFile } from "#lib/services/sources/check-file";
import { createSource } from "#lib/services/sources/create";
import { getSource } from "#lib/services/sources/get";
import { listSources } from "#lib/services/sources/list";
import { listSourceTables } from "#lib/services/sources/list-tables";
import { updateSource } from "#lib/services/sources/update";
import { testActor, testContext, type TestContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { restoreOrder } from "#lib/testing/restore-order";
import { createStation, type Station, untilEnded } from "#lib/testing/worker-setup";
import type { Worker } from "./worker.ts";

const none = { query: {}, ifMatch: null } as const;
const nothing = { ...none, params: {}, body: {} } as const;
/** The suite has time for 50 MB, the campaign takes 1 GB. */
const largeMegabytes = Number(process.env["LIFEBOAT_CAMPAIGN_SQLITE_MB"] ?? 50);
const longestRunMs = 60_000 + 250 * largeMegabytes;
let ground: Ground;
let test: TestCatalogue;
let context: TestContext;
let station: Station;
let worker: Worker;

beforeAll(async () => {
  ground = await makeGround();
  test = await createCatalogue();
  context = testContext(test.catalogue);
  station = await createStation({ catalogue: test.catalogue, url: test.url, context, sqliteDirs: [ground.root] });
  worker = await station.startWorker();
});

afterAll(async () => {
  await worker.stop();
  await test.drop();
  await station.remove();
  await ground.remove();
});

const db = () => test.catalogue.db;
const file = (name: string) => join(ground.root, name);
const body = (path: string, name: string) => ({
  engine: "sqlite" as const,
  path,
  name,
  environment: "development" as const,
  notes: "",
});

async function protect(path: string, name: string): Promise<string> {
  return (await createSource(context, { ...none, params: {}, body: body(path, name) })).id;
}

async function backUp(sourceId: string, kind: BackupKind = "full") {
  const { id } = await createBackup(context, { ...none, params: {}, body: { sourceId, kind, reason: "", note: "" } });
  return untilEnded(db(), id, longestRunMs);
}

async function backedUp(sourceId: string, kind: BackupKind = "full") {
  const run = await backUp(sourceId, kind);
  expect(run).toMatchObject({ state: "succeeded", error: null });
  const [backup] = await db()
    .select()
    .from(backups)
    .where(eq(backups.id, run.backupId ?? ""));
  if (backup === undefined) throw new Error("no backup");
  return backup;
}

async function restore(order: Parameters<typeof restoreOrder>[0]) {
  const { restoreId, run } = await createRestore(context, { ...none, params: {}, body: restoreOrder(order) });
  const ended = await untilEnded(db(), run.id, longestRunMs);
  const [row] = await db().select().from(restores).where(eq(restores.id, restoreId));
  return { run: ended, row };
}

/** The whole content as SQL, by the stock tool. */
const dumpOf = (path: string) => execFileSync("sqlite3", [path, ".dump"], { maxBuffer: 2 ** 28 }).toString();

it("looks at a file before it becomes a source, and makes it one", async () => {
  const path = file("shop.db");
  makeDatabase(path, { mode: "wal", fillerRows: 200 });
  const roots = await checkFile(context, { ...none, params: {}, body: {} });
  expect(roots).toMatchObject({ roots: [ground.root], path: null, file: null, problem: null });
  expect(roots.files.map((each) => each.path)).toEqual([path]);
  const looked = await checkFile(context, { ...none, params: {}, body: { path } });
  expect(looked).toMatchObject({ path, problem: null, file: { journalMode: "wal", tables: 4, pageBytes: 4096 } });
  const made = await createSource(context, { ...none, params: {}, body: body(path, "Shop") });
  expect(made).toMatchObject({
    engine: "sqlite",
    path,
    serverId: null,
    serverName: null,
    database: "shop",
    retentionPolicyName: "The last 20",
  });
  await expect(protect(path, "Twice")).rejects.toMatchObject({ code: "source-duplicate", params: { sourceId: made.id } });
  await expect(protect(join(ground.root, "../outside/x.db"), "Out")).rejects.toMatchObject({ code: "file-outside" });
  await expect(protect(file("nothing.db"), "None")).rejects.toMatchObject({ code: "file-missing" });
  const again = await checkFile(context, { ...none, params: {}, body: { path: ground.root } });
  expect(again.files).toMatchObject([{ path, protectedBy: "Shop" }]);
  const listed = await listSources(context, { ...nothing, query: { limit: 20, q: "shop.db" } });
  expect(listed.items.map((item) => item.id)).toEqual([made.id]);
  expect((await searchEverything(context, { ...nothing, query: { q: "shop" } })).sources).toMatchObject([{ path, serverName: null }]);
  expect((await getSource(context, { ...nothing, params: { id: made.id } })).blockers).toEqual([]);
  expect((await getOverview(context, nothing)).verdict).toBeDefined();
  const patched = await updateSource(context, {
    ...none,
    params: { id: made.id },
    body: { retentionPolicyId: null },
    ifMatch: made.version,
  });
  expect(patched).toMatchObject({ retentionPolicyId: null, retentionPolicyName: null });
});

it("restores every member of a chain exactly, taken while another process writes", async () => {
  const path = file("chain.db");
  makeDatabase(path, { mode: "wal", fillerRows: 1_500 });
  const sourceId = await protect(path, "Chain");
  const kinds: BackupKind[] = ["full", "incremental", "differential", "incremental"];
  const taken = [];
  for (const kind of kinds) {
    const writer = await startWriter(path);
    const backup = await backedUp(sourceId, kind);
    const { busy } = await writer.stop();
    expect([backup.kind, backup.extension, busy]).toEqual([kind, "db", 0]);
    taken.push(backup);
  }
  const [full, ...members] = taken;
  for (const member of members) {
    expect(member.chainId).toBe(full?.chainId);
    expect(member.storedBytes).toBeLessThan((full?.storedBytes ?? 0) * 0.3);
  }
  for (const [index, backup] of taken.entries()) {
    const to = file(`member-${index}.db`);
    const { run, row } = await restore({ backupId: backup.id, targetPath: to });
    expect(run).toMatchObject({ state: "succeeded", error: null });
    expect(row).toMatchObject({ outcome: "created", targetPath: to, comparison: { different: 0 } });
    const [stream] = await db().select().from(backupStreams).where(eq(backupStreams.backupId, backup.id));
    expect(execFileSync("sha256sum", [to]).toString().split(" ")[0]).toBe(stream?.sha256);
    expect(readInvariant(to).sum).toBe(total);
    const rows = await db().select().from(backupTables).where(eq(backupTables.backupId, backup.id));
    expect(readInvariant(to).moves).toBe(rows.find((table) => table.table === "moves")?.rows);
    expect(statSync(to).mode & 0o777).toBe(0o600);
  }
  expect(readdirSync(ground.root).filter((name) => name.startsWith(".lifeboat-"))).toEqual([]);
  const tables = await listSourceTables(context, { ...nothing, params: { id: sourceId } });
  expect(tables.tables.map((table) => table.table)).toEqual(["checking", "filler", "moves", "saving"]);
});

/** SHA-256 of a file behind SQLite's header of 100 bytes, which counts changes of its own in every copy. */
async function sha256BehindHeader(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { start: 100, highWaterMark: 2 ** 20 })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

it(`stores of a file of ${largeMegabytes} MB with few changes only what changed`, { timeout: 20_000 + 3 * longestRunMs }, async () => {
  const path = file("large.db");
  makeDatabase(path, { mode: "wal", fillerRows: 245 * largeMegabytes });
  const sourceId = await protect(path, "Large");
  const full = await backedUp(sourceId);
  const live = new DatabaseSync(path);
  // With the index about one page of a thousand.
  live.exec("update filler set body = randomblob(4000) where id % 4000 = 7");
  live.close();
  const member = await backedUp(sourceId, "incremental");
  expect(full.streamBytes).toBeGreaterThan(largeMegabytes * 1_000_000);
  expect(member.storedBytes).toBeLessThan(full.storedBytes * 0.05);
  const to = file("large-again.db");
  expect((await restore({ backupId: member.id, targetPath: to })).run).toMatchObject({ state: "succeeded" });
  expect(statSync(to).size).toBe(statSync(path).size);
  expect(await sha256BehindHeader(to)).toBe(await sha256BehindHeader(path));
});

it("verifies a database file with SQLite's own check", async () => {
  const path = file("verified.db");
  makeDatabase(path);
  const backup = await backedUp(await protect(path, "Verified"));
  const run = await verifyBackup(context, { ...nothing, params: { id: backup.id } });
  expect(await untilEnded(db(), run.id)).toMatchObject({ state: "succeeded" });
  const looks = await db().select().from(validations).where(eq(validations.backupId, backup.id));
  const verified = looks.find((look) => look.level === "verified");
  expect(verified?.checks).toContainEqual({ code: "integrity-check", verdict: "passed", expected: "ok", actual: "ok" });
});

it("fails a backup of a damaged file with what SQLite found, and leaves nothing", async () => {
  const path = file("broken.db");
  makeDatabase(path, { fillerRows: 400 });
  const sourceId = await protect(path, "Broken");
  const { length } = readFileSync(path);
  execFileSync("dd", ["if=/dev/urandom", `of=${path}`, "bs=4096", "count=8", `seek=${Math.floor(length / 8192)}`, "conv=notrunc"], {
    stdio: "ignore",
  });
  const run = await backUp(sourceId);
  expect(run).toMatchObject({ state: "failed", error: { code: "sqlite-check-failed" } });
  expect(await db().select().from(backups).where(eq(backups.sourceId, sourceId))).toEqual([]);
  const steps = await db().select().from(runSteps).where(eq(runSteps.runId, run.id));
  expect(steps.find((step) => step.code === "check-source")).toMatchObject({ state: "failed" });
});

it("previews what a restore into a file would meet", async () => {
  const path = file("preview.db");
  makeDatabase(path, { mode: "wal" });
  const backup = await backedUp(await protect(path, "Preview"));
  const writer = await startWriter(path, { hold: "idle" });
  const ask = (order: Parameters<typeof restoreOrder>[0]) => previewRestore(context, { ...none, params: {}, body: restoreOrder(order) });
  const free = await ask({ backupId: backup.id, targetPath: file("fresh.db") });
  expect(free).toMatchObject({ file: { exists: false }, blockers: [], serverId: null });
  const taken = await ask({ backupId: backup.id, targetPath: path });
  expect(taken.blockers).toMatchObject([{ code: "file-exists" }]);
  const inUse = await ask({ backupId: backup.id, targetPath: path, mode: "replace" });
  expect(inUse).toMatchObject({ file: { exists: true, openBy: 1 }, blockers: [{ code: "file-in-use", params: { path, count: 1 } }] });
  const outside = await ask({ backupId: backup.id, targetPath: join(ground.outside, "x.db") });
  expect(outside.blockers).toMatchObject([{ code: "file-outside" }]);
  await writer.stop();
});

it("does not tell whoever may not restore whether a file is there", async () => {
  const path = file("secret.db");
  makeDatabase(path);
  const backup = await backedUp(await protect(path, "Secret"));
  const reader = { ...testActor(), scopes: ["restores:read" as const] };
  // The policy's clean-up follows a backup when it likes.
  const asked = () => db().select({ id: runs.id }).from(runs).where(ne(runs.type, "clean-up"));
  const before = await asked();
  for (const actor of [testActor("viewer"), reader]) {
    for (const targetPath of [path, file("no-secret.db")]) {
      const preview = previewRestore(
        { ...context, actor },
        { ...none, params: {}, body: restoreOrder({ backupId: backup.id, targetPath }) },
      );
      await expect(preview).rejects.toMatchObject({ code: "not-allowed", params: { permission: "restores:create" } });
    }
  }
  expect(await asked()).toEqual(before);
});

it("puts a backup in the place of a file: safety backup first, owner and mode kept, no log left that SQLite would apply", async () => {
  const path = file("place.db");
  makeDatabase(path, { mode: "wal", fillerRows: 300 });
  chmodSync(path, 0o640);
  const sourceId = await protect(path, "Place");
  const backup = await backedUp(sourceId);
  const wanted = dumpOf(path);
  const live = new DatabaseSync(path);
  live.exec("pragma wal_autocheckpoint = 0; delete from filler; insert into moves (at) values ('later')");
  live.close();
  const damaged = dumpOf(path);
  await expect(restore({ backupId: backup.id, targetPath: path, mode: "replace", confirmName: "wrong" })).rejects.toMatchObject({
    code: "confirmation-mismatch",
  });
  const { run, row } = await restore({ backupId: backup.id, targetPath: path, mode: "replace", confirmName: "place" });
  expect(run).toMatchObject({ state: "succeeded", error: null, warnings: [] });
  expect(row).toMatchObject({ outcome: "replaced" });
  expect(dumpOf(path)).toBe(wanted);
  expect(statSync(path).mode & 0o777).toBe(0o640);
  expect(existsSync(`${path}-wal`)).toBe(false);
  const safety = await db().select().from(backups).where(eq(backups.sourceId, sourceId));
  const before = safety.find((each) => each.trigger === "safety");
  await restore({ backupId: before?.id ?? "", targetPath: file("before.db") });
  expect(dumpOf(file("before.db"))).toBe(damaged);
});

it("does not replace a file that a process has open for writing, unless told to", async () => {
  const path = file("held.db");
  makeDatabase(path, { mode: "delete", fillerRows: 50 });
  const sourceId = await protect(path, "Held");
  const backup = await backedUp(sourceId);
  const wanted = dumpOf(path);
  const live = new DatabaseSync(path);
  live.exec("delete from filler");
  const changed = dumpOf(path);
  const order = { backupId: backup.id, targetPath: path, mode: "replace", confirmName: "held" } as const;
  const writer = await startWriter(path, { hold: "idle" });
  expect((await restore(order)).run).toMatchObject({ state: "failed", error: { code: "file-in-use", params: { count: 1 } } });
  expect(dumpOf(path)).toBe(changed);
  expect((await restore({ ...order, ignoreOpenFile: true })).run).toMatchObject({ state: "succeeded" });
  expect(dumpOf(path)).toBe(wanted);
  await writer.stop();
  live.close();
  expect(dumpOf(path)).toBe(wanted);
});

it("backs a paused or removed source up as little as a database's", async () => {
  const path = file("paused.db");
  makeDatabase(path);
  const sourceId = await protect(path, "Paused");
  const [row] = await db().select().from(sources).where(eq(sources.id, sourceId));
  await updateSource(context, { ...none, params: { id: sourceId }, body: { paused: true }, ifMatch: row?.version ?? 0 });
  await expect(backUp(sourceId)).rejects.toMatchObject({ code: "source-paused" });
  const leaving = { excludedTables: [{ schema: "main", table: "moves" }] };
  const version = (row?.version ?? 0) + 1;
  await expect(updateSource(context, { ...none, params: { id: sourceId }, body: leaving, ifMatch: version })).rejects.toMatchObject({
    code: "invalid-input",
  });
});
