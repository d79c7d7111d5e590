import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Page } from "playwright/test";
import { getBackup, listBackupTables } from "#lib/contracts/backups";
import { getImport } from "#lib/contracts/imports";
import { createRestore, getRestore } from "#lib/contracts/restores";
import { listServers } from "#lib/contracts/servers";
import type { ApiClient } from "./api-client.ts";
import { choose } from "./choose.ts";
import { holdScripts } from "./hold-scripts.ts";
import { expect, test } from "./fixtures.ts";
import { sha256Of, stockTool } from "./files.ts";
import type { ShopServer } from "./shop-server.ts";

const now = Date.now();

/** The ledger as a tool of the host would dump it. */
async function dumpLedger(shop: ShopServer, format: "custom" | "plain", file: string): Promise<void> {
  const env = { ...process.env, PGPASSWORD: shop.backupRole.password };
  const where = ["-h", shop.host, "-p", String(shop.port), "-U", shop.backupRole.user, "-d", "ledger"];
  await stockTool(join(shop.binDir, "pg_dump"), [`--format=${format}`, `--file=${file}`, ...where], { env });
}

/** Name, rows and digest of every table that a backup holds. */
async function tablesOf(api: ApiClient, backupId: string): Promise<unknown> {
  const { tables } = await api.ask(listBackupTables, { params: { id: backupId } });
  return tables.map(({ schema, table, rows, sha256 }) => ({ schema, table, rows, sha256 }));
}

/** What a backup of the ledger itself says of its tables: what was imported must say the same. */
async function ledgerTables(api: ApiClient, shop: ShopServer): Promise<unknown> {
  const server = await api.serverNamed("Server of imports", shop);
  const source = await api.sourceNamed("Ledger to compare with", server.id, "ledger");
  return tablesOf(api, (await api.backUp(source.id)).id);
}

/** Restores into a new database of the sample's server, whose tools have no known holes, and compares every table. */
async function restoresEqual(api: ApiClient, backupId: string): Promise<void> {
  const { items } = await api.ask(listServers, { query: { limit: 200 } });
  const serverId = items.find(({ name }) => name.startsWith("Sample server"))?.id;
  const body = { backupId, serverId, database: `back_${backupId.slice(-12)}`, owners: "none" as const };
  const { run, restoreId } = await api.ask(createRestore, { body });
  expect((await api.ended(run.id)).error).toBeNull();
  const { outcome, errors, comparison } = await api.ask(getRestore, { params: { id: restoreId } });
  expect({ outcome, errors }).toEqual({ outcome: "created", errors: [] });
  expect(comparison).toMatchObject({ equal: 1, different: 0, rowsExpected: 5000, rowsActual: 5000 });
}

async function importedBackup(page: Page): Promise<string> {
  await expect(page.getByText("The file is a backup now.")).toBeVisible();
  await page.getByRole("link", { name: "Open the backup" }).click();
  await expect(page).toHaveURL(/\/backups\/bkp_/);
  return /bkp_[0-9a-f]{32}/.exec(page.url())?.[0] ?? "";
}

test("a dump made elsewhere is uploaded, becomes a backup of a new source, and restores to the same rows", async ({
  page,
  api,
  lifeboat,
}, testInfo) => {
  const { shop } = lifeboat;
  const server = await api.serverNamed("Server of imports", shop);
  const file = testInfo.outputPath(`ledger_2024-03-12.dump`);
  await dumpLedger(shop, "custom", file);

  await page.goto("/backups");
  await page.getByRole("link", { name: "Imports" }).click();
  await page.getByRole("link", { name: "Import a backup" }).first().click();
  await page.getByLabel("Drop a file here, or choose one").setInputFiles(file);
  await expect(page).toHaveURL(/\/imports\/new\?import=imp_/);
  await expect(page.getByText("pg_dump archive (custom format)")).toBeVisible();
  await expect(page.getByText(/^The file says that it was made on /)).toBeVisible();

  const missing = page.getByText(/^Still needed: /);
  await expect(page.getByRole("button", { name: "Import as a backup" })).toBeDisabled();
  await expect(missing).toHaveText("Still needed: the source.");
  await choose(page.getByRole("combobox", { name: "Source" }), "A new source");
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("ledger");
  await expect(missing).toHaveText("Still needed: the server.");
  await page.getByLabel("Name", { exact: true }).fill(`Old ledger ${now}`);
  await choose(page.getByRole("combobox", { name: "Server" }), server.name);
  await page.getByLabel("Database", { exact: true }).fill(`old_ledger_${now}`);
  await expect(missing).toHaveCount(0);
  await page.getByRole("button", { name: "Import as a backup" }).click();
  await expect(page).toHaveURL(/\/runs\/run_/);
  const backupId = await importedBackup(page);

  const backup = await api.ask(getBackup, { params: { id: backupId } });
  expect(backup).toMatchObject({ kind: "full", origin: "imported", sourceName: `Old ledger ${now}`, extension: "dump" });
  expect(backup.imported).toMatchObject({ fileName: "ledger_2024-03-12.dump", format: "pg-custom", sha256: await sha256Of(file) });

  expect(await tablesOf(api, backupId)).toEqual(await ledgerTables(api, shop));
  await restoresEqual(api, backupId);

  await page.goto("/imports");
  const row = page.getByRole("row").filter({ hasText: `Old ledger ${now}` });
  await expect(row).toContainText("Imported");
  await expect(row).toContainText("ledger_2024-03-12.dump");
});

test("an SQL script of an allowed folder is run in a sandbox and becomes a backup of a source", async ({ page, api, lifeboat }) => {
  const { shop, folders } = lifeboat;
  const folder = `archive ${now}`;
  mkdirSync(join(folders.imports, folder));
  const file = join(folders.imports, folder, "ledger.sql");
  await dumpLedger(shop, "plain", file);
  const before = await sha256Of(file);
  writeFileSync(join(folders.imports, folder, "notes.bin"), randomBytes(2000));
  const server = await api.serverNamed("Server of imports", shop);
  const source = await api.sourceNamed(`Scripted ledger ${now}`, server.id, `scripted_ledger_${now}`);

  await page.goto("/imports/new");
  await page.getByRole("radio", { name: "In a folder of the host" }).click();
  await page.getByRole("button", { name: folders.imports.split("/").at(-1) ?? "" }).click();
  await page.getByRole("button", { name: folder }).click();
  await expect(page.getByRole("button", { name: /^notes\.bin/ })).toBeDisabled();
  await page.getByRole("button", { name: /^ledger\.sql/ }).click();
  await expect(page.getByRole("definition").filter({ hasText: /^SQL script/ })).toBeVisible();
  await choose(page.getByRole("combobox", { name: "Source" }), source.name);
  await expect(page.getByText("Taken from the file’s time of last change.", { exact: false })).toBeVisible();
  await page.getByRole("button", { name: "Import as a backup" }).click();
  const backupId = await importedBackup(page);

  expect(await tablesOf(api, backupId)).toEqual(await ledgerTables(api, shop));
  await restoresEqual(api, backupId);
  expect(await sha256Of(file)).toBe(before);
});

test("an upload goes on after a lost connection and, with the same file chosen again, after a reload", async ({
  page,
  api,
  lifeboat,
  allowTrouble,
}, testInfo) => {
  allowTrouble(/POST .*\/parts\?offset=\d+ net::ERR_/);
  const large = `large-${now}.sql`;
  const file = testInfo.outputPath(large);
  // Three parts; that it is a script is told by its beginning.
  writeFileSync(file, `-- PostgreSQL database dump\n${"-- nothing to do here, and plenty of it\n".repeat(450_000)}`);
  const other = testInfo.outputPath("other.sql");
  writeFileSync(other, "SELECT 1;\n");
  const offsets: number[] = [];
  let way: "cut" | "open" | "held" = "open";
  await page.route(/\/api\/v1\/imports\/imp_\w+\/parts\?offset=/, async (route) => {
    const offset = Number(new URL(route.request().url()).searchParams.get("offset"));
    offsets.push(offset);
    if (offset > 0 && offsets.length === 2) way = "cut";
    if (offset >= 16 * 2 ** 20 && way === "open") way = "held";
    if (way === "cut") {
      way = "open";
      await route.abort("connectionreset");
    } else if (way === "open") await route.continue();
  });

  // It waits for a second, and asks then how much arrived: that is answered once the waiting was seen.
  const seen = Promise.withResolvers<void>();
  await page.route(/\/api\/v1\/imports\/imp_\w+$/, async (route) => {
    if (offsets.length === 2) await seen.promise;
    await route.continue();
  });

  await page.goto("/imports/new");
  await page.getByLabel("Drop a file here, or choose one").setInputFiles(file);
  await expect(page.getByText("Waiting for the connection")).toBeVisible();
  seen.resolve();
  // The third part is on its way and does not arrive.
  await expect.poll(() => offsets).toEqual([0, 8 * 2 ** 20, 8 * 2 ** 20, 16 * 2 ** 20]);
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByText("Paused", { exact: true })).toBeVisible();
  await page.unrouteAll({ behavior: "ignoreErrors" });

  await page.goto("/imports");
  const row = page.getByRole("row").filter({ hasText: large });
  await expect(row).toContainText("Uploading");
  await row.getByRole("link", { name: large }).click();
  await expect(page.getByText("This upload was interrupted")).toBeVisible();
  // Chosen before the page's scripts have come, too, a file is one that was chosen.
  const release = await holdScripts(page);
  await page.reload({ waitUntil: "commit" });
  await page.getByLabel(`Choose “${large}” again`).setInputFiles(other);
  release();
  await expect(page.getByText("“other.sql” is another file")).toBeVisible();
  const sent: number[] = [];
  page.on("request", (request) => {
    const offset = /\/parts\?offset=(\d+)/.exec(request.url())?.[1];
    if (offset !== undefined) sent.push(Number(offset));
  });
  await page.getByLabel(`Choose “${large}” again`).setInputFiles(file);
  await expect(page.getByRole("definition").filter({ hasText: /^SQL script/ })).toBeVisible();
  expect(sent).toEqual([16 * 2 ** 20]);
  const id = /imp_[0-9a-f]{32}/.exec(page.url())?.[0] ?? "";
  expect((await api.ask(getImport, { params: { id } })).state).toBe("ready");
  expect(await sha256Of(join(lifeboat.dataDir, "backups", ".lifeboat-imports", id))).toBe(await sha256Of(file));

  await page.getByRole("button", { name: "Forget this import" }).click();
  await page.getByRole("button", { name: /^Delete .*B$/ }).click();
  await expect(page).toHaveURL(/\/imports$/);
  await expect(page.getByRole("row").filter({ hasText: large })).toHaveCount(0);
});

test("an SQLite file becomes a source, is backed up, and comes back as a plain file", async ({ page, lifeboat }, testInfo) => {
  const path = join(lifeboat.folders.sqlite, `notes-${now}.db`);
  const original = new DatabaseSync(path);
  original.exec("PRAGMA journal_mode = WAL; CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT); CREATE TABLE tags (name TEXT);");
  original.exec("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO notes SELECT i, hex(i) FROM n");

  await page.goto("/sources");
  await page.getByRole("link", { name: "Protect a database" }).first().click();
  await page.getByRole("radio", { name: "SQLite file" }).click();
  await page.getByRole("button", { name: new RegExp(`^notes-${now}\\.db`) }).click();
  await expect(page.getByText("WAL", { exact: true })).toBeVisible();
  await page.getByLabel("Name", { exact: true }).fill(`Notes ${now}`);
  await page.getByRole("button", { name: /^Protect this file \(/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: `Notes ${now}` })).toBeVisible();
  await expect(page.getByText(path).first()).toBeVisible();
  await expect(page.getByText("Kept by “The last 20”")).toBeVisible();

  // Somebody goes on writing: what is not committed is not in the backup.
  original.exec("BEGIN; INSERT INTO notes (text) VALUES ('not yet')");
  await page.getByRole("button", { name: "Back up now" }).first().click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^(Back up .*B|Start the backup)$/ })
    .click();
  await expect(page.getByText(/^Stored and read again: /)).toBeVisible();
  original.exec("COMMIT");
  original.close();

  await page.getByRole("link", { name: "Open the backup" }).click();
  await page.getByRole("tab", { name: "Files and commands" }).click();
  const [plain] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: /^Download as \.db/ }).click()]);
  expect(plain.suggestedFilename()).toMatch(/_backup_\d{8}_\d{6}\.db$/);
  const copy = testInfo.outputPath("copy.db");
  await plain.saveAs(copy);
  const restored = new DatabaseSync(copy, { readOnly: true });
  expect(restored.prepare("SELECT count(*) AS rows, max(id) AS last FROM notes").get()).toEqual({ rows: 2000, last: 2000 });
  expect(restored.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
  restored.close();

  await page.goto("/sources");
  await page.getByRole("searchbox", { name: "Find a source" }).fill(`Notes ${now}`);
  await expect(page.getByRole("row").filter({ hasText: path })).toBeVisible();
});

test("a list is kept as a file, under the filters of its address", async ({ page }, testInfo) => {
  await page.goto("/activity?type=import");
  await page.getByRole("button", { name: "Export" }).click();
  const [csv] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: /^As CSV/ }).click()]);
  expect(csv.suggestedFilename()).toMatch(/^lifeboat-runs_\d{8}T\d{6}Z\.csv$/);
  const file = testInfo.outputPath("runs.csv");
  await csv.saveAs(file);
  const { stdout } = await stockTool("cut", ["-d,", "-f2", file]);
  expect(new Set(stdout.trim().split("\n"))).toEqual(new Set(["type", "import"]));
});
