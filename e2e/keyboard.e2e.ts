import type { Page } from "playwright/test";
import { addPerson } from "./catalogue.ts";
import { expect, listening, nobody, test } from "./fixtures.ts";

const sourceName = "Keyed ledger";

test.beforeEach(async ({ api, lifeboat }) => {
  const server = await api.serverNamed("Keyed server", lifeboat.shop);
  await api.sourceNamed(sourceName, server.id, "ledger");
});

/** Presses Tab until what has the focus is called `name`. */
async function tabTo(page: Page, role: "button" | "link", name: RegExp | string): Promise<void> {
  const target = page.getByRole(role, { name }).first();
  for (let presses = 0; presses < 60; presses += 1) {
    if ((await target.count()) > 0 && (await target.evaluate((element) => element === document.activeElement))) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`60 presses of Tab did not reach ${String(name)}`);
}

test("the command menu opens with Ctrl-K, finds by typing, and goes or acts on Enter", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("table", { name: "Sources" })).toBeVisible();
  await page.keyboard.press("Control+k");
  const menu = page.getByRole("dialog", { name: "Search and commands" });
  await expect(menu.getByRole("combobox")).toBeFocused();
  await page.keyboard.type("audit");
  await expect(menu.getByRole("option", { name: "Audit log" })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/activity\/audit$/);
  // Opened again while it still closes, it would hold what was typed before.
  await expect(menu).toBeHidden();

  await page.keyboard.press("Control+k");
  await expect(menu.getByRole("combobox")).toBeFocused();
  await page.keyboard.type("keyed ledger");
  await expect(menu.getByRole("option", { name: sourceName }).first()).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(menu).toBeHidden();

  await page.keyboard.press("Control+k");
  await expect(menu.getByRole("combobox")).toBeFocused();
  await page.keyboard.type(`back up ${sourceName} now`);
  await expect(menu.getByRole("option", { name: `Back up ${sourceName} now` })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: `Back up “${sourceName}” now?` })).toBeVisible();
  await tabTo(page, "button", /^(Back up .*B|Start the backup)$/);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/runs\/run_/);
  await expect(page.getByRole("heading", { level: 1, name: `Backup of ${sourceName}` })).toBeVisible();
  await expect(page.getByText(/^Stored and read again: /)).toBeVisible();
});

test.describe("with the keyboard alone", () => {
  test.use({ storageState: nobody });

  test("one signs in, skips to the content, opens a source and backs it up", async ({ page, lifeboat }) => {
    const person = await addPerson(lifeboat.dataDir, "admin", "Kay Board");
    await page.goto("/sign-in");
    await page.keyboard.press("Tab");
    await expect(page.getByLabel("E-mail address")).toBeFocused();
    await page.keyboard.type(person.email);
    await page.keyboard.press("Tab");
    await page.keyboard.type(person.password);
    // Until the page's scripts have taken the form over, Enter has nothing to press.
    await expect(page.getByRole("button", { name: "Sign in" })).toBeEnabled();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("table", { name: "Sources" })).toBeVisible();
    await listening(page);

    await tabTo(page, "link", "Skip to the content");
    await expect(page.getByRole("link", { name: "Skip to the content" })).toBeInViewport();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("main")).toBeFocused();
    await expect(page.getByRole("link", { name: new RegExp(`^${sourceName}`) })).toBeVisible();
    await tabTo(page, "link", new RegExp(`^${sourceName}`));
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 1, name: sourceName })).toBeVisible();

    await tabTo(page, "button", "Back up now");
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: `Back up “${sourceName}” now?` });
    await expect(dialog).toBeVisible();
    await expect.poll(() => dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
    await page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
    await expect(page.getByRole("button", { name: "Back up now" }).first()).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(dialog).toBeVisible();
    await tabTo(page, "button", /^(Back up .*B|Start the backup)$/);
    await page.keyboard.press("Enter");
    await expect(page.getByText(/^Stored and read again: /)).toBeVisible();
  });
});
