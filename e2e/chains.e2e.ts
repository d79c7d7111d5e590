import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import type { Page } from "playwright/test";
import { type BackupDto, createBackup, getBackup } from "#lib/contracts/backups";
import { getChain } from "#lib/contracts/chains";
import { getRestore } from "#lib/contracts/restores";
import { getRun } from "#lib/contracts/runs";
import type { ApiClient } from "./api-client.ts";
import { expect, test } from "./fixtures.ts";
import { databaseUrl, type ShopServer } from "./shop-server.ts";

// One story, told in steps that build on each other.
test.describe.configure({ mode: "serial" });

const database = "harbour";
const sourceName = `Harbour ${Date.now()}`;
const restored = `harbour_at_noon_${Date.now()}`;
let sourceId = "";
let full: BackupDto;
let incremental: BackupDto;
let differential: BackupDto;

async function asked<T>(shop: ShopServer, name: string, ask: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(databaseUrl(shop, name), { max: 1, onnotice: () => undefined });
  try {
    return await ask(sql);
  } finally {
    await sql.end();
  }
}

async function boatsOf(shop: ShopServer, name: string): Promise<string> {
  const [row] = await asked(shop, name, (sql) => sql<{ names: string }[]>`select string_agg(name, ',' order by id) as names from boats`);
  return row?.names ?? "";
}

/** A whole second after the member's snapshot, as the field in the reader's zone (Madrid, UTC+1 in winter) writes it. */
function wallAfter({ snapshotAt }: BackupDto): string {
  const at = new Date(Math.ceil((Date.parse(snapshotAt) + 1) / 1000) * 1000);
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Madrid", dateStyle: "short", timeStyle: "medium" })
    .format(at)
    .replace(" ", "T");
}

/** The date-time field knows whole seconds: the next member must be made in a later one. */
async function untilLaterSecond({ snapshotAt }: BackupDto): Promise<void> {
  await expect.poll(() => Date.now(), { intervals: [100] }).toBeGreaterThan(Date.parse(snapshotAt) + 2000);
}

function backupFrom(api: ApiClient, id: string | null): Promise<BackupDto> {
  if (id === null) throw new Error("the run made no backup");
  return api.ask(getBackup, { params: { id } });
}

function option(page: Page, name: RegExp) {
  return page.getByRole("option", { name });
}

test("a chain is made: a full, an incremental from the page, a differential", async ({ page, api, lifeboat }) => {
  const { shop } = lifeboat;
  await asked(shop, "postgres", (sql) => sql.unsafe(`create database ${database}`));
  await asked(shop, database, async (sql) => {
    await sql`create table boats (id int primary key, name text not null)`;
    await sql`create table log (id int primary key, line text not null)`;
    await sql`insert into boats values (1, 'Ada'), (2, 'Bo'), (3, 'Cleo')`;
    await sql`insert into log select i, md5(i::text) || md5((i * 7)::text) from generate_series(1, 4000) i`;
  });
  const server = await api.serverNamed("Harbour server", shop);
  sourceId = (await api.sourceNamed(sourceName, server.id, database)).id;
  full = await api.backUp(sourceId, "the first");
  expect(full.kind).toBe("full");

  await asked(shop, database, (sql) => sql`insert into boats values (4, 'Dora'), (5, 'Eli')`);
  await page.goto(`/sources/${sourceId}`);
  await page.getByRole("button", { name: "Back up now" }).first().click();
  await page.getByRole("radio", { name: "Incremental" }).check();
  await expect(page.getByText(/^Builds on the chain of .*1 backup/)).toBeVisible();
  await page
    .getByRole("button", { name: /^Back up/ })
    .last()
    .click();
  await expect(page).toHaveURL(/\/runs\/run_/);
  await expect(page.getByText(/^Stored and read again/)).toBeVisible();
  const { backupId } = await api.ask(getRun, { params: { id: page.url().split("/").at(-1) ?? "" } });
  incremental = await backupFrom(api, backupId);
  expect(incremental).toMatchObject({ kind: "incremental", chainId: full.chainId, parentId: full.id, askedKind: null, needs: 1 });
  expect(incremental.storedBytes).toBeLessThan(full.storedBytes);

  await untilLaterSecond(incremental);
  await asked(shop, database, (sql) => sql`delete from boats where id in (1, 4)`);
  differential = await api.backUp(sourceId, "after the accident", "differential");
  expect(differential).toMatchObject({ kind: "differential", chainId: full.chainId, baseId: full.id });
});

test("one travels on the time line by keyboard, and finds the same in a table", async ({ page }) => {
  await page.goto(`/sources/${sourceId}`);
  const line = page.getByRole("listbox", { name: /^Restore points/ });
  await line.focus();
  await page.keyboard.press("Home");
  await expect(option(page, /Full, Stored, not verified/)).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowRight");
  await expect(option(page, /Incremental/)).toHaveAttribute("aria-selected", "true");
  await expect(page.getByText("1 file of another backup")).toBeVisible();
  await page.keyboard.press("End");
  await expect(option(page, /Differential/)).toHaveAttribute("aria-selected", "true");
  await expect(page).toHaveURL(new RegExp(`point=${differential.id}`));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/backups/${differential.id}$`));

  await page.goto(`/sources/${sourceId}`);
  await page.getByRole("radio", { name: "Table" }).click();
  await expect(page).toHaveURL(/view=table/);
  await page.reload();
  await expect(page.getByRole("region", { name: /^Restore points/ }).getByRole("row")).toHaveCount(4);
});

test("a date is previewed and restored: the database of that very moment, every row compared", async ({ page, api, lifeboat }) => {
  await page.goto(`/sources/${sourceId}`);
  await page.getByLabel(/^Restore to…/).fill(wallAfter(incremental));
  await expect(page.getByText(/^This gives the state of .*\(Incremental\)$/)).toBeVisible();
  await page.getByRole("link", { name: "Restore to this date" }).click();
  await expect(page.getByRole("heading", { name: "Restore to a date" })).toBeVisible();
  await page.getByLabel("Name of the new database").fill(restored);
  await page.getByRole("button", { name: "See what it would do" }).click();
  await expect(page.getByText("Nothing stops this restore")).toBeVisible();

  const files = page.getByRole("region", { name: "Files that are read" });
  await expect(files.getByRole("row")).toHaveCount(3);
  await expect(files.getByRole("row").nth(1)).toContainText("Full");
  await expect(files.getByRole("row").nth(2)).toContainText("Incremental");
  const changes = page.getByRole("region", { name: "What changed since" });
  await expect(changes.getByRole("row", { name: /public\.boats/ })).toContainText("rows deleted");
  await expect(changes.getByRole("row", { name: /public\.boats/ })).toContainText("-2");
  await expect(page.getByText("Run it as a drill first")).toBeVisible();

  await page.getByRole("button", { name: new RegExp(`^Restore .* into ${restored}$`) }).click();
  await expect(page).toHaveURL(/\/runs\/run_/);
  await page.getByRole("link", { name: "See the comparison" }).click();
  await expect(page.getByText(/^Every row accounted for: 2 tables, 4,005 rows/)).toBeVisible();
  const restoreId = page.url().split("/").at(-1) ?? "";
  const restore = await api.ask(getRestore, { params: { id: restoreId } });
  expect(restore).toMatchObject({ backupId: incremental.id, comparison: { different: 0 } });
  expect(restore.wantedAt).not.toBeNull();
  expect(await boatsOf(lifeboat.shop, restored)).toBe("Ada,Bo,Cleo,Dora,Eli");
  expect(await boatsOf(lifeboat.shop, database)).toBe("Bo,Cleo,Eli");
});

test("a damaged file names exactly the members that need it, and nothing is built on them", async ({ page, api, lifeboat }) => {
  const { packs } = await api.ask(getBackup, { params: { id: differential.id } });
  const path = join(lifeboat.dataDir, "backups", packs[0]?.key ?? "");
  const bytes = readFileSync(path);
  // In the middle of the first frame: behind its header, before its checksum.
  bytes[40] = (bytes[40] ?? 0) ^ 0x10;
  writeFileSync(path, bytes);

  await page.goto(`/chains/${full.chainId}`);
  await page.getByRole("button", { name: "Verify the chain" }).click();
  await expect(page).toHaveURL(/\/runs\/run_/);
  await expect(page.getByText(/^Failed at/)).toBeVisible();
  await page.goto(`/chains/${full.chainId}`);
  await expect(page.getByText("1 of 3 members cannot be restored")).toBeVisible();
  await expect(page.getByText("The other 2 can still be restored.")).toBeVisible();
  const { rail } = await api.ask(getChain, { params: { id: full.chainId } });
  expect(rail.map(({ id, broken }) => [id, broken !== null])).toEqual([
    [full.id, false],
    [incremental.id, false],
    [differential.id, true],
  ]);
  await page.goto("/activity/integrity");
  await expect(page.getByRole("link", { name: `A chain of ${sourceName}` })).toBeVisible();

  const { id } = await api.ask(createBackup, { body: { sourceId, kind: "incremental", reason: "" } });
  const run = await api.ended(id);
  const instead = await backupFrom(api, run.backupId);
  expect(instead).toMatchObject({ kind: "full", askedKind: "incremental", kindReason: { code: "base-damaged" }, needs: 0 });
  expect(instead.chainId).not.toBe(full.chainId);
  await page.goto(`/runs/${id}`);
  await expect(page.getByText("A full was made, though Incremental was asked for")).toBeVisible();
  await page.goto(`/backups/${instead.id}`);
  await expect(page.getByText("A full was made, though Incremental was asked for")).toBeVisible();
});

test("a chain is consolidated without the source, and a base goes only together with what needs it", async ({ page, api }) => {
  const chain = (await api.backUp(sourceId, "for the new chain", "incremental")).chainId;
  await page.goto(`/chains/${chain}`);
  await page
    .getByRole("button", { name: /^Actions for the member of/ })
    .first()
    .click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  const dialog = page.getByRole("alertdialog");
  await expect(dialog.getByText("1 backup builds on it and cannot be restored without it:")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Move 1 backup to the trash" })).toBeDisabled();
  await dialog.getByRole("checkbox", { name: /^Take this one along/ }).check();
  await expect(dialog.getByRole("button", { name: "Move 2 backups to the trash" })).toBeEnabled();
  await dialog.getByRole("radio", { name: "Delete for good now" }).click();
  await expect(dialog.getByRole("button", { name: /^Delete 2 backups/ })).toBeEnabled();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(dialog).toBeHidden();

  await page.getByRole("button", { name: "Consolidate" }).click();
  await page.getByRole("button", { name: "Consolidate, keep the old chain" }).click();
  await expect(page).toHaveURL(/\/runs\/run_/);
  await expect(page.getByText("The full backup is stored.")).toBeVisible();
  await page.goto(`/chains/${chain}`);
  await expect(page.getByText("Nothing is built on this chain any more")).toBeVisible();
  await page.getByRole("link", { name: "Open its successor" }).click();
  await expect(page.getByText("Synthetic full").first()).toBeVisible();
});
