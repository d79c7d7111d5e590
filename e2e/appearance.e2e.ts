import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright/test";
import { listBackups } from "#lib/contracts/backups";
import { createRestore } from "#lib/contracts/restores";
import { listServers } from "#lib/contracts/servers";
import { getSource } from "#lib/contracts/sources";
import { expect, nobody, test } from "./fixtures.ts";

const sizes = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];

/** What axe finds against WCAG 2.2 AA and its good practices, and what is wider than the screen: in both themes, on a desk and in a hand. */
async function faultsOf(page: Page): Promise<string[]> {
  const faults: string[] = [];
  for (const size of sizes) {
    await page.setViewportSize(size);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (overflow > 0) faults.push(`${size.width}: ${overflow} px wider than the screen`);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const { violations } = await new AxeBuilder({ page }).analyze();
      faults.push(
        ...violations.map(
          ({ id, nodes }) => `${size.width} ${colorScheme} ${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`,
        ),
      );
    }
  }
  return faults;
}

async function settled(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0);
}

test("every page is accessible and fits, in both themes at both widths, without trouble in the console", async ({
  page,
  api,
  allowTrouble,
}) => {
  test.setTimeout(240_000);
  allowTrouble(/^404 GET .*\/nope$/);
  const { items } = await api.ask(listBackups);
  const backup = items.find(({ state }) => state === "available");
  if (backup === undefined) throw new Error("the sample has no backup");
  const { items: servers } = await api.ask(listServers);
  const { sourceId } = backup;
  const source = await api.ask(getSource, { params: { id: sourceId } });
  const database = `looks_${Date.now()}`;
  const restore = await api.ask(createRestore, { body: { backupId: backup.id, serverId: source.serverId, database, owners: "none" } });
  await api.ended(restore.run.id);
  const paths = {
    overview: "/",
    sources: "/sources",
    source: `/sources/${sourceId}`,
    "source, backups": `/sources/${sourceId}?tab=backups`,
    "source, settings": `/sources/${sourceId}?tab=settings`,
    "new source": "/sources/new",
    backups: "/backups",
    backup: `/backups/${backup.id}`,
    "backup, tables": `/backups/${backup.id}?tab=tables`,
    "backup, validations": `/backups/${backup.id}?tab=validations`,
    "backup, files": `/backups/${backup.id}?tab=files`,
    run: `/runs/${restore.run.id}`,
    wizard: `/restores/new?backup=${backup.id}`,
    restores: "/restores",
    restore: `/restores/${restore.restoreId}`,
    activity: "/activity",
    audit: "/activity/audit",
    settings: "/settings",
    profile: "/settings/profile",
    servers: "/settings/servers",
    server: `/settings/servers/${servers[0]?.id}`,
    "new server": "/settings/servers/new",
    databases: `/settings/servers/${source.serverId}/databases`,
    guide: "/setup",
    missing: "/nope",
  };
  for (const [name, path] of Object.entries(paths)) {
    await page.goto(path);
    await settled(page);
    expect.soft([name, await faultsOf(page)]).toEqual([name, []]);
  }
});

test("dialogs and menus are accessible, too", async ({ page, api }) => {
  const { items } = await api.ask(listBackups);
  const backup = items.find(({ state }) => state === "available");
  await page.goto(`/backups/${backup?.id}`);
  await page.getByRole("button", { name: "More actions" }).click();
  await expect(page.getByRole("menuitem", { name: "Delete" })).toBeVisible();
  expect.soft(["menu", await faultsOf(page)]).toEqual(["menu", []]);
  await page.setViewportSize(sizes[0] ?? { width: 1440, height: 900 });
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await expect(page.getByRole("alertdialog").getByText(/^Frees /)).toBeVisible();
  expect.soft(["delete", await faultsOf(page)]).toEqual(["delete", []]);
  await page.keyboard.press("Escape");
  await page.goto(`/sources/${backup?.sourceId}`);
  await page.getByRole("button", { name: "Back up now" }).first().click();
  await expect(page.getByRole("dialog")).toBeVisible();
  expect.soft(["back up", await faultsOf(page)]).toEqual(["back up", []]);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("option").first()).toBeVisible();
  expect.soft(["commands", await faultsOf(page)]).toEqual(["commands", []]);
});

test.describe("before signing in", () => {
  test.use({ storageState: nobody });

  test("the sign-in page is accessible and fits", async ({ page }) => {
    await page.goto("/sign-in");
    await settled(page);
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByText("Enter your e-mail address")).toBeVisible();
    expect(await faultsOf(page)).toEqual([]);
  });
});
