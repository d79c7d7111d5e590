import { eq } from "drizzle-orm";
import { execFileSync } from "node:child_process";
import { randomUUIDv7 } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { imports } from "#lib/db/schema/imports";
import { makeId } from "#lib/domain/ids";
import { importFromFolder } from "#lib/services/imports/from-folder";
import { importFolderName } from "#lib/services/imports/import-file";
import { listImportFolder } from "#lib/services/imports/list-folder";
import { startImport } from "#lib/services/imports/start";
import { testContext, type TestContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue, testServer } from "#lib/testing/postgres";
import { removeFolder } from "#lib/testing/temporary-folder";
import { addSource, createStation, type Station } from "#lib/testing/worker-setup";
import type { Worker } from "./worker.ts";

const none = { query: {}, ifMatch: null } as const;
const takenAt = "2026-03-04T05:06:07.000Z";
let test: TestCatalogue;
let context: TestContext;
let station: Station;
let worker: Worker;
let sourceId: string;
let folder: string;
const db = () => test.catalogue.db;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "lifeboat-imports-"));
  test = await createCatalogue();
  context = testContext(test.catalogue);
  ({ sourceId } = await addSource(context, testServer(15), "nowhere"));
  station = await createStation({ catalogue: test.catalogue, url: test.url, context, importDirs: [folder] });
  worker = await station.startWorker();
});
afterAll(async () => {
  await worker.stop();
  await test.drop();
  await station.remove();
  await removeFolder(folder);
});

function put(name: string, bytes: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

describe("files that cannot be imported", () => {
  it.each([
    ["empty", ""],
    ["garbage", "\u0000\u0001\u0002garbage"],
    ["all.sql", "--\n-- PostgreSQL database cluster dump\n--\nSET x = 1;\n"],
    ["zeros.gz", gzipSync(Buffer.alloc(1000))],
  ])("%s: refused when it is taken, by its content", async (name, bytes) => {
    await expect(importFromFolder(context, { ...none, params: {}, body: { path: put(name, bytes) } })).rejects.toMatchObject({
      code: "import-format-unknown",
    });
  });

  it("of another engine are refused before anything starts, and outside paths before anything is read", async () => {
    const lite = put("x.db", "SQLite format 3\u0000rest");
    const { id } = await importFromFolder(context, { ...none, params: {}, body: { path: lite } });
    await expect(startImport(context, { ...none, params: { id }, body: { sourceId, takenAt } })).rejects.toMatchObject({
      code: "import-engine-differs",
    });
    execFileSync("ln", ["-sfn", "/etc", join(folder, "way-out")]);
    for (const path of ["/etc/passwd", `${folder}/../../etc/passwd`, join(folder, "way-out", "passwd"), "relative"]) {
      await expect(importFromFolder(context, { ...none, params: {}, body: { path } })).rejects.toMatchObject({ code: "file-outside" });
    }
  });
});

it("sweeps what nobody goes on with: uploads of two days ago, bytes without a row, imports of dead runs", async () => {
  const uploads = join(station.backupDir, importFolderName);
  mkdirSync(uploads, { recursive: true });
  const [old, fresh, lost, bare, whole] = Array.from({ length: 5 }, () => makeId("import", randomUUIDv7())) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const now = new Date();
  const before = new Date(now.getTime() - 48 * 3_600_000);
  const common = {
    origin: "upload" as const,
    fileName: "x.sql",
    bytes: 20,
    createdByType: "system" as const,
    createdByName: "test",
    createdAt: now,
  };
  await db()
    .insert(imports)
    .values([
      { ...common, id: old, state: "uploading", touchedAt: before },
      { ...common, id: fresh, state: "uploading", touchedAt: now },
      { ...common, id: lost, state: "running", runId: makeId("run", randomUUIDv7()), touchedAt: now, format: "pg-plain" },
      { ...common, id: whole, state: "uploading", touchedAt: now },
    ]);
  for (const id of [old, fresh, lost, bare, whole]) writeFileSync(join(uploads, id), "create table t (); --");
  // Only now: a sweep that finds it complete looks into its file.
  await db().update(imports).set({ receivedBytes: 20 }).where(eq(imports.id, whole));
  await expect.poll(() => readdirSync(uploads).sort()).toEqual([fresh, lost, whole].sort());
  const states = async () => Object.fromEntries((await db().select().from(imports)).map((row) => [row.id, row.state]));
  await expect.poll(states).toMatchObject({ [fresh]: "uploading", [lost]: "failed", [whole]: "ready" });
  expect(await states()).not.toHaveProperty(old);
});

it("looks into its folders without following anything out of them", async () => {
  mkdirSync(join(folder, "below"), { recursive: true });
  const roots = await listImportFolder(context, { ...none, params: {}, body: {}, query: {} });
  expect(roots).toMatchObject({ roots: [folder], path: null, entries: [] });
  const { entries } = await listImportFolder(context, { ...none, params: {}, body: {}, query: { path: folder } });
  expect(entries.find(({ name }) => name === "below")).toMatchObject({ type: "folder" });
  expect(entries.find(({ name }) => name === "garbage")).toMatchObject({ type: "file", format: null });
  expect(entries.some(({ name }) => name === "way-out")).toBe(false);
  await expect(listImportFolder(context, { ...none, params: {}, body: {}, query: { path: "/etc" } })).rejects.toMatchObject({
    code: "file-outside",
  });
});
