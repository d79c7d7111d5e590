import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type DumpRecord, readRecord, recordPath, writeRecord } from "./record.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lifeboat-record-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = "2026-11-20T10:00:00.000Z";
const record = (operator: string): DumpRecord => ({
  format: "lifeboat-dump-record",
  formatVersion: 1,
  file: "shop.dump",
  bytes: 3,
  sha256: "0".repeat(64),
  archiveBytes: 3,
  archiveSha256: "0".repeat(64),
  compression: "none",
  operator,
  hostName: "host",
  startedAt: at,
  snapshotAt: at,
  finishedAt: at,
  database: "shop",
  server: { host: "db1", port: 5432, version: "15.20" },
  tool: "pg_dump 15.20",
  lifeboat: "0.1.0",
  tables: [],
  properties: null,
  extensions: [],
  roles: [],
  migrationHead: null,
  warnings: [],
});

it("replaces what a dump that is gone left behind", async () => {
  const file = join(folder, "shop.dump");
  writeFileSync(recordPath(file), "an older one");
  await writeRecord(file, record("Ada"));
  expect(await readRecord(file)).toMatchObject({ operator: "Ada" });
  expect(readdirSync(folder)).toEqual(["shop.dump.json"]);
});

it("of a dump that another one was faster with is not written: the record there stays that one's", async () => {
  const file = join(folder, "shop.dump");
  await writeRecord(file, record("Ada"));
  writeFileSync(file, "abc");
  const before = readFileSync(recordPath(file), "utf8");
  await expect(writeRecord(file, record("Bob"))).rejects.toMatchObject({ code: "file-exists", params: { path: file } });
  expect(readFileSync(recordPath(file), "utf8")).toBe(before);
  expect(existsSync(file)).toBe(true);
  expect(readdirSync(folder).toSorted()).toEqual(["shop.dump", "shop.dump.json"]);
});
