import { join } from "node:path";
import postgres from "postgres";
import type { Locator, Page } from "playwright/test";
import { getBackup, listBackups, listBackupTables } from "#lib/contracts/backups";
import { choose } from "./choose.ts";
import { expect, test } from "./fixtures.ts";
import { sha256Of, stockTool, storedFiles } from "./files.ts";
import { databaseUrl, shopConnectionLimit, shopOwner } from "./shop-server.ts";

// One story, told in steps that build on each other.
test.describe.configure({ mode: "serial" });

const serverName = `Harbour server ${Date.now()}`;
const sourceName = `Harbour shop ${Date.now()}`;
const reason = "before the 4.2 upgrade";
let backupId = "";

function step(page: Page, name: string): Locator {
  return page.getByRole("listitem").filter({ hasText: name });
}

test("adds a server from the URL of another stack, and each fault of the connection is named with its cure", async ({ page, lifeboat }) => {
  const { host, port, backupRole, restoreRole } = lifeboat.shop;
  await page.goto("/settings/servers");
  await page.getByRole("link", { name: "Add a server" }).first().click();
  const password = encodeURIComponent(backupRole.password);
  await page
    .getByRole("textbox", { name: "Connection URL" })
    .fill(`postgresql+psycopg://${backupRole.user}:${password}@${host}:${port}/shop?sslmode=disable`);
  await page.getByRole("button", { name: "Fill in the fields" }).click();
  await expect(page.getByText(`Filled in from the URL: ${host}, port ${port}.`)).toBeVisible();
  await expect(page.getByLabel("Host", { exact: true })).toHaveValue(host);
  await expect(page.getByLabel("Port")).toHaveValue(String(port));
  await expect(page.getByLabel("TLS mode")).toContainText("disable");
  const backup = page.getByRole("group", { name: "Backup role" });
  await expect(backup.getByLabel("Role name")).toHaveValue(backupRole.user);
  await expect(backup.getByLabel("Password")).toHaveValue(backupRole.password);
  await page.getByLabel("Name", { exact: true }).fill(serverName);
  const restore = page.getByRole("group", { name: "Restore role" });
  await restore.getByLabel("Role name").fill(restoreRole.user);
  await restore.getByLabel("Password").fill(restoreRole.password);

  const testButton = page.getByRole("button", { name: /^Test (connection|again)$/ });
  await page.getByLabel("Host", { exact: true }).fill("no-such-host.invalid");
  await testButton.click();
  await expect(page.getByText("The test stopped at “Resolve the name”.")).toBeVisible();
  await expect(page.getByText(/The host “no-such-host\.invalid” is not known\. Check the spelling/)).toBeVisible();

  await page.getByLabel("Host", { exact: true }).fill(host);
  await page.getByLabel("Port").fill("1");
  await testButton.click();
  await expect(page.getByText("The test stopped at “Connect”.")).toBeVisible();
  await expect(page.getByText(/refuses connections on port 1\. Check the port/)).toBeVisible();

  await page.getByLabel("Port").fill(String(port));
  await backup.getByLabel("Password").fill("wrong");
  await testButton.click();
  await expect(page.getByText("The test stopped at “Sign in”.")).toBeVisible();
  await expect(page.getByText(/does not accept the password of “lifeboat_backup”/).last()).toBeVisible();

  await backup.getByLabel("Password").fill(backupRole.password);
  await testButton.click();
  await expect(page.getByText("Connected. Backups of this server can run.")).toBeVisible();
  for (const name of [
    "Resolve the name",
    "Connect",
    "Agree on TLS",
    "Sign in",
    "Ask the version",
    "Check privileges",
    "Find matching tools",
  ])
    await expect(step(page, name).first()).toBeVisible();

  await page.getByText("SQL that creates a least-privileged role").click();
  await expect(page.getByText(/GRANT pg_read_all_data TO/)).toBeVisible();
  await page.getByRole("button", { name: "Save and pick databases" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Pick databases" })).toBeVisible();
});

test("picks a database as production, and backs it up with a reason while one watches", async ({ page, api }) => {
  await page.goto("/settings/servers");
  await page.getByRole("link", { name: serverName }).click();
  await page.getByRole("link", { name: "Pick databases" }).click();
  await page.getByRole("checkbox", { name: "shop", exact: true }).check();
  await page.getByLabel("Name here").fill(sourceName);
  await page.getByRole("radio", { name: "Production" }).check();
  await page.getByRole("button", { name: "Protect 1 database" }).click();
  await expect(page.getByRole("heading", { level: 1, name: sourceName })).toBeVisible();
  await expect(page.getByText("Production", { exact: true })).toBeVisible();

  await page.getByRole("button", { name: "Back up now" }).first().click();
  const dialog = page.getByRole("dialog", { name: `Back up “${sourceName}” now?` });
  await dialog.getByLabel("Reason").fill(reason);
  await dialog.getByLabel("Note").fill("asked for by Ñandú 表");
  await dialog.getByRole("button", { name: /^(Back up .*B|Start the backup)$/ }).click();
  await expect(page).toHaveURL(/\/runs\/run_/);
  await expect(page.getByRole("heading", { level: 1, name: `Backup of ${sourceName}` })).toBeVisible();
  await expect(page.getByText(/^Stored and read again: /)).toBeVisible();
  for (const name of ["Prepare", "Dump", "Publish", "Read again"]) await expect(step(page, name).first()).toBeVisible();
  await expect(page.getByText("Complete", { exact: true })).toBeVisible();
  await expect(page.getByText(reason).first()).toBeVisible();

  await page.getByRole("link", { name: "Open the backup" }).click();
  await expect(page).toHaveURL(/\/backups\/bkp_/);
  backupId = /bkp_[0-9a-f]{32}/.exec(page.url())?.[0] ?? "";
  const { items } = await api.ask(listBackups, { query: { q: reason } });
  expect(items.map(({ id }) => id)).toContain(backupId);
});

test("the backup's page tells what it holds: the meter, and every table with the rows that the server has", async ({
  page,
  api,
  lifeboat,
}) => {
  await page.goto(`/backups/${backupId}`);
  await expect(page.getByRole("listitem").filter({ hasText: /^Stored/ })).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: /^Never verified/ })).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: /^Never proven/ })).toBeVisible();
  await expect(page.getByText(shopOwner).first()).toBeVisible();

  const { tables } = await api.ask(listBackupTables, { params: { id: backupId } });
  expect(tables.length).toBeGreaterThan(8);
  const shop = postgres(databaseUrl(lifeboat.shop, "shop"), { max: 1 });
  await page.getByRole("tab", { name: "Tables" }).click();
  for (const { schema, table, rows } of tables) {
    const [counted] = await shop<{ rows: number }[]>`SELECT count(*)::int AS rows FROM ONLY ${shop(schema)}.${shop(table)}`;
    expect([schema, table, rows]).toEqual([schema, table, counted?.rows]);
    const row = page.getByRole("row").filter({ has: page.getByRole("cell", { name: `${schema}.${table}`, exact: true }) });
    await expect(row.getByRole("cell").nth(1)).toHaveText(new Intl.NumberFormat("en").format(rows));
  }
  await shop.end();
});

test("both downloads are what the page says they are, and stock tools read them", async ({ page, lifeboat }, testInfo) => {
  await page.goto(`/backups/${backupId}?tab=files`);
  const shown = async (label: string) =>
    (await page.locator("dl > div").filter({ hasText: label }).getByRole("definition").first().innerText()).trim();

  const [plain] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: /^Download as \.dump/ }).click()]);
  expect(plain.suggestedFilename()).toMatch(/^shop_\d{8}T\d{6}Z_full\.dump$/);
  const dump = testInfo.outputPath("shop.dump");
  await plain.saveAs(dump);
  expect(await sha256Of(dump)).toBe(await shown("SHA-256 of the .dump"));
  const listing = await stockTool(join(lifeboat.shop.binDir, "pg_restore"), ["--list", dump]);
  expect(listing.stdout).toContain("TABLE DATA public customers");

  const [pack] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: /^Download as stored/ }).click()]);
  expect(pack.suggestedFilename()).toMatch(/^shop_\d{8}T\d{6}Z_full\.dump\.zst$/);
  const packed = testInfo.outputPath("shop.dump.zst");
  await pack.saveAs(packed);
  expect(await sha256Of(packed)).toBe(await shown("SHA-256 of the file as stored"));
  const unpacked = testInfo.outputPath("unpacked.dump");
  await stockTool("zstd", ["-d", "-q", "-o", unpacked, packed]);
  expect(await sha256Of(unpacked)).toBe(await sha256Of(dump));
});

test("verifying raises the meter to verified and is kept as history", async ({ page }) => {
  await page.goto(`/backups/${backupId}`);
  await page.getByRole("button", { name: "Verify now" }).click();
  await expect(page).toHaveURL(/\/runs\/run_/);
  await expect(page.getByText("Verified: every checksum agreed.")).toBeVisible();
  await page.getByRole("link", { name: "Open the backup" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: /^Verified/ })).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: /^Never proven/ })).toBeVisible();
  await page.getByRole("tab", { name: "Validations" }).click();
  for (const check of ["SHA-256 of the pack", "Every frame decoded", "Root hash of the stream", "Archive lists its contents"])
    await expect(page.getByRole("row", { name: check }).first()).toContainText("Passed");
});

test("restores into a new database with every row accounted for, and the server agrees", async ({ page, lifeboat }) => {
  const copy = `shop_copy_${Date.now()}`;
  await page.goto(`/backups/${backupId}`);
  await page.getByRole("link", { name: "Restore", exact: true }).click();
  await page.getByLabel("Name of the new database").fill("shop");
  await page.getByRole("button", { name: "See what it would do" }).click();
  await expect(page.getByText("One thing stops this restore")).toBeVisible();
  await expect(page.getByText("A database “shop” exists on that server")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Restore .* into shop$/ })).toBeDisabled();

  await page.getByRole("button", { name: "Change target or options" }).click();
  await page.getByLabel("Name of the new database").fill(copy);
  await choose(page.getByLabel("Parallel jobs"), "4");
  await page.getByRole("button", { name: "See what it would do" }).click();
  await expect(page.getByText("Nothing stops this restore")).toBeVisible();
  await page.getByRole("button", { name: new RegExp(`^Restore .* rows into ${copy}$`) }).click();
  await expect(page).toHaveURL(/\/runs\/run_/);
  await expect(page.getByText("The restore ran to its end")).toBeVisible();
  for (const name of ["Unpack", "Create the database", "Load", "Compare every table"]) await expect(step(page, name).first()).toBeVisible();
  await page.getByRole("link", { name: "See the comparison" }).click();
  await expect(page.getByText(/^Every row accounted for: \d+ tables, [\d,]+ rows, all digests equal\.$/)).toBeVisible();
  await expect(page.getByText("pg_restore reported no error.")).toBeVisible();

  const facts = async (database: string) => {
    const sql = postgres(databaseUrl(lifeboat.shop, database), { max: 1 });
    try {
      const tables = await sql<{ name: string }[]>`
        SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'warehouse') ORDER BY 1`;
      const rows: Record<string, unknown> = {};
      for (const { name } of tables) {
        const [one] = await sql.unsafe(
          `SELECT count(*) AS rows, md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) AS content FROM ${name} t`,
        );
        rows[name] = one;
      }
      const [database_] = await sql`
        SELECT pg_get_userbyid(datdba) AS owner, pg_encoding_to_char(encoding) AS encoding, datcollate, datctype, datconnlimit
        FROM pg_database WHERE datname = current_database()`;
      return { rows, database: database_ };
    } finally {
      await sql.end();
    }
  };
  const original = await facts("shop");
  expect(original.database).toMatchObject({ owner: shopOwner, encoding: "UTF8", datcollate: "C", datconnlimit: shopConnectionLimit });
  expect(await facts(copy)).toEqual(original);
});

test("the audit log tells who did all of it, and to what", async ({ page, lifeboat }) => {
  await page.goto("/activity/audit");
  const entry = (action: string, target: string) =>
    page
      .getByRole("row")
      .filter({ hasText: action })
      .filter({ hasText: target })
      .filter({ hasText: lifeboat.adminEmail.split("@")[0] ?? "" });
  for (const [action, target] of [
    ["Added a server", serverName],
    ["Added a source", sourceName],
    ["Started a backup", sourceName],
    ["Downloaded a backup", "harbour-shop-"],
    ["Started a verification", "harbour-shop-"],
    ["Started a restore", "shop_copy_"],
  ] as const)
    await expect(entry(action, target).first(), `${action} of ${target}`).toBeVisible();
  const created = entry("Added a server", serverName).first();
  await created.getByRole("button", { name: "Show details" }).click();
  await expect(page.getByText(lifeboat.shop.backupRole.user).first()).toBeVisible();
  await expect(page.locator("body")).not.toContainText(lifeboat.shop.backupRole.password);
});

test("deleting says what it means: the trash first, then for good and the file", async ({ page, api, lifeboat, allowTrouble }) => {
  // The open page learns from this answer that its backup is gone.
  allowTrouble(/^404 GET .*\/api\/v1\/backups\/bkp_/);
  const { packs } = await api.ask(getBackup, { params: { id: backupId } });
  const key = packs[0]?.key ?? "";
  const before = storedFiles(lifeboat.dataDir);
  expect(before).toContain(key);
  await page.goto(`/backups/${backupId}`);
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  const dialog = page.getByRole("alertdialog");
  await expect(dialog.getByText("It can be taken out again for 3 days. Space is freed then.")).toBeVisible();
  await dialog.getByRole("radio", { name: "Delete for good now" }).click();
  await expect(page.getByRole("alertdialog", { name: "Delete this backup?" })).toBeVisible();
  await expect(dialog.getByText(`It is the last good backup of “${sourceName}”`)).toBeVisible();
  await expect(dialog.getByText(`“${sourceName}” has no backup left then.`)).toBeVisible();
  await dialog.getByRole("radio", { name: "Move to the trash" }).click();
  await dialog.getByRole("button", { name: "Move 1 backup to the trash" }).click();
  await expect(page.getByText("In the trash: it can be taken out again until its days there are over.")).toBeVisible();
  expect(storedFiles(lifeboat.dataDir)).toContain(key);
  await page.goto(`/backups/${backupId}`);
  await expect(page.getByRole("link", { name: "Take out of the trash" })).toBeVisible();
  await page.getByRole("button", { name: "Delete for good now" }).click();
  await dialog.getByRole("button", { name: /^Delete 1 backup, / }).click();
  await expect(page.getByText("The backup is deleted.")).toBeVisible();
  // The pack and the sidecar beside it, and nothing else.
  const removed = before.filter((path) => !storedFiles(lifeboat.dataDir).includes(path));
  expect(removed).toContain(key);
  expect(removed.length).toBe(2);
  await page.goto("/backups");
  await expect(page.getByRole("heading", { level: 1, name: "Backups" })).toBeVisible();
  await expect(page.getByRole("link", { name: sourceName })).toHaveCount(0);
});
