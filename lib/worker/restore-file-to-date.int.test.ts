import { eq } from "drizzle-orm";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { rename } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { restorePreview } from "#lib/contracts/restores";
import { backups } from "#lib/db/schema/backups";
import { type Ground, makeGround } from "#lib/engines/sqlite/sqlite-fixture";
import { createBackup } from "#lib/services/backups/run-now";
import { lockChain, unlockChains } from "#lib/services/chains/lock";
import { getRestore } from "#lib/services/restores/get";
import { previewRestore } from "#lib/services/restores/preview";
import { createRestore } from "#lib/services/restores/start";
import { createSource } from "#lib/services/sources/create";
import { untilAskedTwice } from "#lib/testing/chain-asked";
import { insertServer } from "#lib/testing/catalogue-rows";
import { testContext, type TestContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { restoreOrder } from "#lib/testing/restore-order";
import { createStation, type Station, untilEnded } from "#lib/testing/worker-setup";
import type { Worker } from "./worker.ts";

const none = { query: {}, ifMatch: null } as const;
type Order = Partial<Parameters<typeof restoreOrder>[0]>;

let ground: Ground;
let test: TestCatalogue;
let context: TestContext;
let station: Station;
let worker: Worker;
let sourceId: string;
const at: Date[] = [];

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

const file = (name: string) => join(ground.root, name);
const db = () => test.catalogue.db;
/** One statement more in the file; its number of rows afterwards. */
function change(path: string, statement: string): number {
  const live = new DatabaseSync(path);
  live.exec(statement);
  const row = live.prepare("select count(*) as rows from notes").get();
  live.close();
  return Number(row?.["rows"]);
}
const order = (more: Order) => restoreOrder({ sourceId, at: new Date().toISOString(), targetPath: file("new.db"), ...more });
const preview = (more: Order) => previewRestore(context, { ...none, params: {}, body: order(more) });
const between = () => new Date((at[0]!.getTime() + at[1]!.getTime()) / 2).toISOString();

async function backUp(kind: "full" | "incremental"): Promise<void> {
  const { id } = await createBackup(context, { ...none, params: {}, body: { sourceId, kind, reason: "", note: "" } });
  const run = await untilEnded(db(), id);
  expect(run).toMatchObject({ state: "succeeded", error: null });
  const [row] = await db()
    .select()
    .from(backups)
    .where(eq(backups.id, run.backupId ?? ""));
  at.push(row?.snapshotAt ?? new Date(0));
}

it("has a file with two backups to begin with", async () => {
  const path = file("notes.db");
  change(path, "create table notes (id integer primary key, text text); insert into notes (text) values ('one'), ('two')");
  const body = { engine: "sqlite", path, name: "Notes", environment: "production", notes: "", retentionPolicyId: null } as const;
  sourceId = (await createSource(context, { ...none, params: {}, body })).id;
  await backUp("full");
  expect(change(path, "insert into notes (text) values ('three')")).toBe(3);
  await backUp("incremental");
  expect(change(path, "delete from notes; create table fresh (id integer)")).toBe(0);
});

it("plans a restore of a file to a date: the backup, the place, and what would be lost", async () => {
  const found = await preview({ at: between() });
  expect(restorePreview.parse(found)).toEqual(found);
  expect(found).toMatchObject({ serverId: null, file: { path: file("new.db"), exists: false }, blockers: [], replace: null });
  expect(found.plan).toMatchObject({ snapshotAt: at[0]?.toISOString(), estimate: null, changesProblem: null });
  expect(found.plan.changes?.tables).toEqual([
    { schema: "main", table: "notes", backupRows: 2, sourceRows: 0, exact: true },
    { schema: "main", table: "fresh", backupRows: null, sourceRows: 0, exact: true },
  ]);
});

it("says why nothing is told of a file that is gone, and plans all the same", async () => {
  await rename(file("notes.db"), file("away.db"));
  const { plan, blockers } = await preview({});
  await rename(file("away.db"), file("notes.db"));
  expect(blockers).toEqual([]);
  expect(plan).toMatchObject({ changes: null, changesProblem: { code: "file-missing" } });
});

it("restores the file of that moment, and estimates the next one by it", async () => {
  const [wantedAt, targetPath] = [between(), file("then.db")];
  const { run, restoreId } = await createRestore(context, { ...none, params: {}, body: order({ at: wantedAt, targetPath }) });
  expect(await untilEnded(db(), run.id)).toMatchObject({ state: "succeeded", error: null });
  expect(change(targetPath, "select 1")).toBe(2);
  const found = await getRestore(context, { ...none, params: { id: restoreId }, body: {} });
  expect(found).toMatchObject({
    wantedAt,
    snapshotAt: at[0]?.toISOString(),
    targetPath,
    serverId: null,
    serverName: null,
    database: "notes",
  });
  expect((await preview({})).plan.estimate).toMatchObject({ basedOn: 1, of: "source" });
});

it("tells what is to be confirmed where a file is replaced, and replaces only what is a source", async () => {
  const mode = "replace" as const;
  const found = await preview({ mode, targetPath: file("notes.db") });
  expect(found).toMatchObject({
    database: "notes",
    blockers: [],
    replace: { strategy: "in-place", sourceName: "Notes", environment: "production", needsProductionConfirmation: true },
  });
  const named = order({ mode, targetPath: file("notes.db"), confirmName: "notes" });
  await expect(createRestore(context, { ...none, params: {}, body: named })).rejects.toMatchObject({ code: "confirmation-production" });
  const nobodys = order({ mode, targetPath: file("then.db"), confirmName: "notes", confirmProduction: true });
  expect((await preview({ mode, targetPath: file("then.db") })).blockers).toMatchObject([{ code: "file-exists" }]);
  await expect(createRestore(context, { ...none, params: {}, body: nobodys })).rejects.toMatchObject({ code: "file-exists" });
  const { run } = await createRestore(context, { ...none, params: {}, body: { ...named, at: between(), confirmProduction: true } });
  expect(await untilEnded(db(), run.id)).toMatchObject({ state: "succeeded", error: null });
  expect(change(file("notes.db"), "select 1")).toBe(2);
});

it("waits while another member of the backup's chain is removed, and does not fail for it", async () => {
  const [newest] = await db().select().from(backups).where(eq(backups.snapshotAt, at[1]!));
  const removal = { chainId: newest?.chainId ?? "", holder: "removal:test", mode: "exclusive" as const, leaseMs: 60_000 };
  await lockChain(db(), removal);
  const waiting = restoreOrder({ backupId: newest?.id ?? "", targetPath: file("waited.db") });
  const { run } = await createRestore(context, { ...none, params: {}, body: waiting });
  await untilAskedTwice(db(), removal.chainId);
  await unlockChains(db(), removal.holder);
  expect(await untilEnded(db(), run.id)).toMatchObject({ state: "succeeded", error: null });
  expect(change(file("waited.db"), "select 1")).toBe(3);
});

it("makes no database of a file, and nothing of a part of it", async () => {
  const { targetPath: _, ...elsewhere } = order({});
  const database = { ...elsewhere, serverId: await insertServer(db()), database: "notes" };
  await expect(createRestore(context, { ...none, params: {}, body: database })).rejects.toMatchObject({
    code: "target-kind-differs",
    params: { engine: "sqlite" },
  });
  const part = order({ tables: [{ schema: "main", table: "notes" }] });
  await expect(createRestore(context, { ...none, params: {}, body: part })).rejects.toMatchObject({ code: "invalid-input" });
});
