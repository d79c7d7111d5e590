import { eq } from "drizzle-orm";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { auditEvents } from "#lib/db/schema/audit-events";
import { backupTables } from "#lib/db/schema/backup-tables";
import { backups } from "#lib/db/schema/backups";
import { chains } from "#lib/db/schema/chains";
import { copies } from "#lib/db/schema/copies";
import { packs } from "#lib/db/schema/packs";
import { restores } from "#lib/db/schema/restores";
import { runLog } from "#lib/db/schema/run-log";
import { runSteps } from "#lib/db/schema/run-steps";
import { sources } from "#lib/db/schema/sources";
import { validations } from "#lib/db/schema/validations";
import { deleteBackup } from "#lib/services/backups/remove";
import { createBackup } from "#lib/services/backups/run-now";
import { verifyBackup } from "#lib/services/backups/verify";
import { previewRestore } from "#lib/services/restores/preview";
import { createRestore } from "#lib/services/restores/start";
import { testContext, type TestContext } from "#lib/testing/context";
import {
  createCatalogue,
  createShopDatabase,
  describeOn,
  type TestCatalogue,
  type TestDatabase,
  type TestServer,
} from "#lib/testing/postgres";
import { restoreOrder } from "#lib/testing/restore-order";
import { addSource, createStation, type Station, untilEnded } from "#lib/testing/worker-setup";
import type { Worker } from "./worker.ts";

const none = { query: {}, ifMatch: null } as const;

function cycle(server: TestServer): void {
  let test: TestCatalogue;
  let context: TestContext;
  let station: Station;
  let worker: Worker;
  let shop: TestDatabase;
  let serverId: string;
  let sourceId: string;
  let backupId: string;
  const copy = `copy_${Date.now()}_${server.major}`;
  const db = () => test.catalogue.db;

  beforeAll(async () => {
    test = await createCatalogue();
    context = testContext(test.catalogue);
    shop = await createShopDatabase(server);
    ({ serverId, sourceId } = await addSource(context, server, shop.name));
    station = await createStation({ catalogue: test.catalogue, url: test.url, context });
    worker = await station.startWorker();
  });

  afterAll(async () => {
    await worker.stop();
    await server.admin()`drop database if exists ${server.admin()(copy)} with (force)`;
    await shop.drop();
    await test.drop();
    await station.remove();
  });

  it("backs up: stored, re-read, with tables, listing, log and audit", async () => {
    const { id } = await createBackup(context, {
      ...none,
      params: {},
      body: { sourceId, kind: "full", reason: "before the sale", note: "" },
    });
    const run = await untilEnded(db(), id);
    expect(run).toMatchObject({ state: "succeeded", error: null });
    backupId = run.backupId ?? "";
    const [backup] = await db().select().from(backups).where(eq(backups.id, backupId));
    expect(backup).toMatchObject({ state: "available", kind: "full", reason: "before the sale", sourceId, anomalies: [] });
    expect(backup?.listing).toContain("TABLE DATA");
    const [source] = await db().select({ sizeBytes: sources.sizeBytes }).from(sources).where(eq(sources.id, sourceId));
    expect(source?.sizeBytes).toBeGreaterThan(0);
    const [stored] = await db().select().from(copies).where(eq(copies.backupId, backupId));
    expect(stored).toMatchObject({ state: "stored", verifiedAt: null });
    const [pack] = await db().select().from(packs).where(eq(packs.backupId, backupId));
    const files = (await readdir(station.backupDir, { recursive: true })).filter((name) => name.includes(".zst"));
    expect(files.toSorted()).toEqual([pack?.key, `${pack?.key}.json`]);
    const tables = await db().select().from(backupTables).where(eq(backupTables.backupId, backupId));
    const customers = tables.find((table) => table.table === "customers");
    const [counted] = await shop.sql`select count(*)::int as rows from ${shop.sql(customers?.schema ?? "")}.customers`;
    expect(customers?.rows).toBe(counted?.["rows"]);
    const steps = await db().select().from(runSteps).where(eq(runSteps.runId, id)).orderBy(runSteps.ordinal);
    expect(steps.map((step) => `${step.code} ${step.state}`)).toEqual(["prepare done", "dump done", "publish done", "reread done"]);
    expect((await db().select().from(runLog).where(eq(runLog.runId, id))).length).toBeGreaterThan(0);
    const actions = await db().select({ action: auditEvents.action, by: auditEvents.actorId }).from(auditEvents).orderBy(auditEvents.at);
    expect(actions).toEqual(
      expect.arrayContaining([
        { action: "backup.start", by: context.actor.id },
        { action: "backup.created", by: context.actor.id },
      ]),
    );
  });

  it("verifies: every look is kept, and the copy knows when", async () => {
    const { id } = await verifyBackup(context, { ...none, params: { id: backupId }, body: {} });
    expect(await untilEnded(db(), id)).toMatchObject({ state: "succeeded", error: null });
    const [copyRow] = await db().select().from(copies).where(eq(copies.backupId, backupId));
    expect(copyRow?.verifiedAt).toBeInstanceOf(Date);
    const looks = await db().select().from(validations).where(eq(validations.backupId, backupId)).orderBy(validations.at);
    expect(looks.map((look) => `${look.level} ${look.verdict}`)).toEqual(["stored passed", "verified passed"]);
    expect(looks[1]?.checks.map((check) => `${check.code} ${check.verdict}`)).toEqual([
      "sidecar passed",
      "pack-checksum passed",
      "frames passed",
      "root-hash passed",
      "stream-checksum passed",
      "archive-listing passed",
    ]);
  });

  const order = () => restoreOrder({ backupId, serverId, database: copy });

  it("previews a restore without touching the target", async () => {
    const preview = await previewRestore(context, { ...none, params: {}, body: order() });
    expect(preview).toMatchObject({ databaseExists: false, blockers: [], warnings: [] });
    expect(preview.existingDatabases).toContain(shop.name);
    const taken = await previewRestore(context, { ...none, params: {}, body: { ...order(), database: shop.name } });
    expect(taken.blockers.map((blocker) => blocker.code)).toEqual(["target-exists"]);
  });

  it("restores into a new database, equal in every table", async () => {
    const { restoreId, run } = await createRestore(context, { ...none, params: {}, body: order() });
    const ended = await untilEnded(db(), run.id);
    expect(ended).toMatchObject({ state: "succeeded", error: null });
    const [restore] = await db().select().from(restores).where(eq(restores.id, restoreId));
    expect(restore).toMatchObject({ outcome: "created", createdDatabase: true, errors: [] });
    expect(restore?.comparison).toMatchObject({ different: 0 });
    expect(restore?.comparison?.equal).toBeGreaterThan(5);
    expect(restore?.comparison?.rowsActual).toBe(restore?.comparison?.rowsExpected);
  });

  it("refuses a target that is there already, before anything is touched", async () => {
    const { run, restoreId } = await createRestore(context, { ...none, params: {}, body: order() });
    expect(await untilEnded(db(), run.id)).toMatchObject({ state: "failed", error: { code: "target-exists" } });
    const [restore] = await db().select().from(restores).where(eq(restores.id, restoreId));
    expect(restore).toMatchObject({ outcome: "removed", createdDatabase: false });
    const present = await server.admin()`select 1 from pg_database where datname = ${copy}`;
    expect(present).toHaveLength(1);
  });

  it("deletes: storage first, row last, nothing left", async () => {
    const { id } = await deleteBackup(context, {
      params: { id: backupId },
      query: { dependents: "refuse", when: "now" },
      body: {},
      ifMatch: 1,
    });
    expect(await untilEnded(db(), id)).toMatchObject({ state: "succeeded", error: null });
    expect(await db().select().from(backups)).toEqual([]);
    expect(await db().select().from(chains)).toEqual([]);
    const left = (await readdir(station.backupDir, { recursive: true })).filter((name) => name.includes("source-"));
    expect(left).toEqual([]);
    expect(await readdir(join(station.backupDir, ".incoming"))).toEqual([]);
    // The run's folder goes after its end was written.
    await expect.poll(() => readdir(station.tempDir)).toEqual([]);
    const actions = await db().select({ action: auditEvents.action }).from(auditEvents);
    expect(actions.map((event) => event.action)).toEqual(expect.arrayContaining(["backup.delete", "backup.deleted", "restore.completed"]));
  });
}

describeOn(15, cycle);
describeOn(17, cycle);
