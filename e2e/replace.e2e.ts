import postgres from "postgres";
import type { Locator, Page } from "playwright/test";
import { choose } from "./choose.ts";
import { expect, test } from "./fixtures.ts";
import { databaseUrl, type ShopServer } from "./shop-server.ts";

// One story, told in steps that build on each other.
test.describe.configure({ mode: "serial" });

const database = "atelier";
const sourceName = `Atelier ${Date.now()}`;
let backupId = "";

async function asked<T>(shop: ShopServer, name: string, ask: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(databaseUrl(shop, name), { max: 1 });
  try {
    return await ask(sql);
  } finally {
    await sql.end();
  }
}

/** The titles that the database of this name holds now, and what applications need to be let in. */
async function answers(shop: ShopServer, name = database) {
  return asked(shop, name, async (sql) => {
    const works = (await sql<{ title: string }[]>`select title from works order by id`).map(({ title }) => title);
    const [facts] = await sql<{ limit: number; path: string; guests: boolean }[]>`
      select datconnlimit as limit, current_setting('search_path') as path, has_database_privilege('atelier_guest', datname, 'connect') as guests
      from pg_database where datname = current_database()`;
    return { works, ...facts };
  });
}

async function databasesOf(shop: ShopServer): Promise<string[]> {
  const found = await asked(shop, "postgres", (sql) => sql<{ name: string }[]>`select datname as name from pg_database order by 1`);
  return found.map(({ name }) => name).filter((name) => name.startsWith(database));
}

async function openReplacePreview(page: Page): Promise<void> {
  await page.goto(`/restores/new?backup=${backupId}`);
  await page.getByRole("radio", { name: "In the place of a database that is there" }).check();
  await choose(page.getByLabel("Database to replace"), database);
  await page.getByRole("button", { name: "See what it would do" }).click();
  await expect(page.getByText("Nothing stops this restore")).toBeVisible();
}

async function confirmReplace(page: Page): Promise<void> {
  await page.getByLabel(`Type ${database}`, { exact: false }).fill(database);
  await page.getByRole("checkbox", { name: `Yes, replace the production database ${database}` }).check();
  await page.getByRole("button", { name: `Replace ${database}` }).click();
  await expect(page).toHaveURL(/\/restores\/rst_/);
  await expect(headline(page, `Replaced: the restored database answers as ${database}`)).toBeVisible();
}

function headline(page: Page, text: string): Locator {
  return page.getByText(text, { exact: true });
}

test("a new database is what is offered first, and replacing tells everything before it is done", async ({ page, api, lifeboat }) => {
  await asked(lifeboat.shop, "postgres", async (sql) => {
    await sql.unsafe(`create role atelier_guest`);
    await sql.unsafe(`create database ${database} connection limit 17`);
    await sql.unsafe(`revoke connect on database ${database} from public`);
    await sql.unsafe(`grant connect on database ${database} to atelier_guest, ${lifeboat.shop.backupRole.user}`);
    await sql.unsafe(`alter database ${database} set search_path to public, pg_catalog`);
  });
  await asked(lifeboat.shop, database, async (sql) => {
    await sql`create table works (id int primary key, title text not null)`;
    await sql`insert into works select i, 'work ' || i from generate_series(1, 3) i`;
  });
  const server = await api.serverNamed("Atelier server", lifeboat.shop);
  const { id: sourceId } = await api.sourceNamed(sourceName, server.id, database, "production");
  backupId = (await api.backUp(sourceId, "before the accident")).id;
  await asked(lifeboat.shop, database, async (sql) => {
    await sql`delete from works where id > 1`;
    await sql`create table late (id int)`;
  });

  await page.goto(`/restores/new?backup=${backupId}`);
  await expect(page.getByRole("radio", { name: "Into a new database" })).toBeChecked();
  await openReplacePreview(page);
  for (const text of ["A safety backup of", "is compared with the backup", "names are swapped in one transaction", "One click swaps back"])
    await expect(page.getByText(text)).toBeVisible();
  await expect(page.getByText("1 table is there now and not in the backup")).toBeVisible();

  const button = page.getByRole("button", { name: `Replace ${database}` });
  await expect(button).toBeDisabled();
  await page.getByLabel(`Type ${database}`, { exact: false }).fill("atelierr");
  await expect(page.getByText("That is not the name.")).toBeVisible();
  await page.getByLabel(`Type ${database}`, { exact: false }).fill(database);
  await expect(page.getByText("Confirm the production database first.")).toBeVisible();
  await expect(button).toBeDisabled();
  expect((await answers(lifeboat.shop)).works).toEqual(["work 1"]);
});

test("replaced, the backup answers under the name; swapped back, the old one does; removed is what was kept", async ({
  page,
  lifeboat,
}) => {
  const { shop } = lifeboat;
  const live = await answers(shop);
  await openReplacePreview(page);
  await confirmReplace(page);
  expect(await answers(shop)).toEqual({ ...live, works: ["work 1", "work 2", "work 3"] });
  const [, kept = ""] = await databasesOf(shop);
  expect(kept).toMatch(/^atelier_before_/);
  expect((await answers(shop, kept)).works).toEqual(["work 1"]);
  await expect(page.getByRole("link", { name: "Open the safety backup" })).toBeVisible();

  await page.getByRole("button", { name: "Swap back" }).click();
  const undo = page.getByRole("alertdialog");
  await expect(undo.getByText("is in the restored copy only")).toBeVisible();
  await expect(undo.getByRole("button", { name: `Swap back ${database}` })).toBeDisabled();
  await undo.getByLabel(`Type ${database}`, { exact: false }).fill(database);
  await undo.getByRole("button", { name: `Swap back ${database}` }).click();
  await expect(headline(page, `Undone: the old database answers as ${database} again`)).toBeVisible();
  expect(await answers(shop)).toEqual(live);

  const [, restored = ""] = await databasesOf(shop);
  expect(restored).toMatch(/^atelier_restored_/);
  await page.getByRole("button", { name: `Remove ${restored}` }).click();
  const remove = page.getByRole("alertdialog");
  await remove.getByLabel(`Type ${restored}`, { exact: false }).fill(restored);
  await remove.getByRole("button", { name: `Remove ${restored}` }).click();
  await expect(page.getByText("What was kept beside it has been removed.")).toBeVisible();
  expect(await databasesOf(shop)).toEqual([database]);
});

test("the audit log and the list of backups tell of it", async ({ page }) => {
  await page.goto(`/activity/audit?q=${database}`);
  for (const action of ["restore.replace", "restore.undo", "restore.clean-up"]) await expect(page.getByText(action).first()).toBeVisible();
  await page.goto(`/backups?q=${encodeURIComponent(sourceName)}`);
  await expect(page.getByRole("img", { name: "Safety backup, made before the database was replaced" }).first()).toBeVisible();
});
