import { closeSync, openSync, readFileSync, renameSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { getBackup } from "#lib/contracts/backups";
import { getSource } from "#lib/contracts/sources";
import type { ApiClient } from "./api-client.ts";
import { addPerson } from "./catalogue.ts";
import { expect, nobody, test } from "./fixtures.ts";
import { storedFiles } from "./files.ts";
import { databaseUrl, type ShopServer } from "./shop-server.ts";
import { signIn } from "./sign-in.ts";

const sourceName = "Ledger";
let sourceId = "";

test.beforeEach(async ({ api, lifeboat }) => {
  const server = await api.serverNamed("Faulty server", lifeboat.shop);
  sourceId = (await api.sourceNamed(sourceName, server.id, "ledger")).id;
});

/** Holds a lock that makes pg_dump wait, until `release` is called. */
async function lockLedger(shop: ShopServer): Promise<{ release: () => Promise<void> }> {
  const sql = postgres(databaseUrl(shop, "ledger"), { max: 1 });
  const held = await sql.reserve();
  await held`BEGIN`;
  await held`LOCK TABLE entries IN ACCESS EXCLUSIVE MODE`;
  return {
    release: async () => {
      await held`ROLLBACK`;
      held.release();
      await sql.end();
    },
  };
}

async function packPath(api: ApiClient, dataDir: string, backupId: string): Promise<string> {
  const { packs } = await api.ask(getBackup, { params: { id: backupId } });
  return join(dataDir, "backups", packs[0]?.key ?? "");
}

test("a second “Back up now” leads to the running one, and cancelling leaves no file behind", async ({
  page,
  context,
  lifeboat,
  allowTrouble,
}) => {
  allowTrouble(/^409 POST .*\/api\/v1\/backups$/);
  const before = storedFiles(lifeboat.dataDir);
  const lock = await lockLedger(lifeboat.shop);
  try {
    const second = await context.newPage();
    await second.goto(`/sources/${sourceId}`);
    await second.getByRole("button", { name: "Back up now" }).first().click();
    const dialog = second.getByRole("dialog", { name: `Back up “${sourceName}” now?` });
    await dialog.getByLabel("Reason").fill("the second one");

    await page.goto("/sources");
    await page.getByRole("link", { name: new RegExp(sourceName) }).click();
    await page.getByRole("button", { name: "Back up now" }).first().click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /^(Back up .*B|Start the backup)$/ })
      .click();
    await expect(page).toHaveURL(/\/runs\/run_/);
    await expect(page.getByText("Running", { exact: true }).first()).toBeVisible();

    await dialog.getByRole("button", { name: /^(Back up .*B|Start the backup)$/ }).click();
    await expect(second).toHaveURL(page.url());
    await second.close();
    await page.goto(`/sources/${sourceId}`);
    await page.getByRole("main").getByRole("link", { name: "Running…" }).first().click();

    await page.getByRole("button", { name: "Cancel run" }).click();
    const confirm = page.getByRole("alertdialog", { name: "Cancel this run?" });
    await expect(confirm.getByText("What it wrote so far is removed. Earlier backups stay.")).toBeVisible();
    await confirm.getByRole("button", { name: "Cancel the run" }).click();
    await expect(page.getByText("Cancelled. Nothing was left behind.")).toBeVisible();
    expect(storedFiles(lifeboat.dataDir)).toEqual(before);
  } finally {
    await lock.release();
  }
});

test("a pack that was deleted behind our back fails its verification, and the backup's page shows it", async ({ page, api, lifeboat }) => {
  const backup = await api.backUp(sourceId);
  renameSync(await packPath(api, lifeboat.dataDir, backup.id), join(lifeboat.dataDir, "taken-away"));
  await page.goto(`/backups/${backup.id}`);
  await page.getByRole("button", { name: "Verify now" }).click();
  await expect(page.getByText(/^Failed at “/)).toBeVisible();
  await expect(page.getByText(/The file .* is missing from storage/).first()).toBeVisible();
  await expect(page.getByText(/Bring it back from another copy/).first()).toBeVisible();
  await page.getByRole("link", { name: "Open the backup" }).click();
  await expect(
    page
      .getByRole("listitem")
      .filter({ hasText: /Verification failed|Missing or damaged/ })
      .first(),
  ).toBeVisible();
  const { meter } = await api.ask(getBackup, { params: { id: backup.id } });
  expect(meter.stored.state).toBe("failed");
});

test("a damaged pack is refused before the target exists", async ({ page, api, lifeboat }) => {
  const backup = await api.backUp(sourceId);
  const path = await packPath(api, lifeboat.dataDir, backup.id);
  const middle = Math.floor(statSync(path).size / 4);
  const byte = readFileSync(path)[middle] ?? 0;
  const file = openSync(path, "r+");
  writeSync(file, Buffer.from([byte ^ 0x40]), 0, 1, middle);
  closeSync(file);

  const target = `ledger_copy_${Date.now()}`;
  await page.goto(`/restores/new?backup=${backup.id}`);
  await page.getByLabel("Name of the new database").fill(target);
  await page.getByRole("button", { name: "See what it would do" }).click();
  await page.getByRole("button", { name: new RegExp(`^Restore .* into ${target}$`) }).click();
  await expect(page.getByText("Failed at “Unpack”")).toBeVisible();
  await expect(page.getByText(/The file .* is damaged/).first()).toBeVisible();
  const sql = postgres(lifeboat.shop.adminUrl, { max: 1 });
  const found = await sql`SELECT datname FROM pg_database WHERE datname = ${target}`;
  await sql.end();
  expect(found).toEqual([]);
  await page.getByRole("link", { name: "See the comparison" }).click();
  await expect(page.getByText(/^The restore failed\./)).toBeVisible();
});

test("what is restored is what was planned, however late the source or the plan come", async ({ page, api, lifeboat }) => {
  // The first by name; the source's own is what is offered.
  await api.serverNamed("A server before the others", lifeboat.shop);
  const backup = await api.backUp(sourceId);
  const [source, plan] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await page.route(`**/api/v1/sources/${sourceId}`, async (route) => {
    await source.promise;
    await route.continue();
  });
  await page.route("**/api/v1/restores/preview", async (route) => {
    await plan.promise;
    await route.continue();
  });
  const sentTo = async (path: string): Promise<Record<string, unknown>> => {
    const request = await page.waitForRequest((each) => each.method() === "POST" && new URL(each.url()).pathname === path);
    return request.postDataJSON() as Record<string, unknown>;
  };
  await page.goto(`/restores/new?backup=${backup.id}`);
  const target = `ledger_planned_${Date.now()}`;
  await page.getByLabel("Name of the new database").fill(target);
  const [planned] = await Promise.all([
    sentTo("/api/v1/restores/preview"),
    page.getByRole("button", { name: "See what it would do" }).click(),
  ]);
  await page.getByLabel("Name of the new database").fill(`${target}_meanwhile`);
  plan.resolve();
  await expect(page.getByText("Nothing stops this restore")).toBeVisible();
  source.resolve();
  // Offered as soon as the source is known.
  await expect(page.getByRole("button", { name: "Start a drill of this backup" })).toBeVisible();
  const [again] = await Promise.all([sentTo("/api/v1/restores/preview"), page.getByRole("button", { name: "Ask again" }).click()]);
  const [started] = await Promise.all([
    sentTo("/api/v1/restores"),
    page.getByRole("button", { name: new RegExp(`^Restore .* into ${target}$`) }).click(),
  ]);
  const { serverId } = await api.ask(getSource, { params: { id: sourceId } });
  expect([planned["serverId"], started["serverId"]]).toEqual([serverId, serverId]);
  expect(again).toEqual(planned);
  expect(started).toMatchObject(planned);
  await expect(page.getByText("The restore ran to its end")).toBeVisible();
});

test.describe("a viewer", () => {
  test.use({ storageState: nobody });

  test("sees every page, finds nothing to press that changes anything, and is refused by the API and at the download", async ({
    page,
    context,
    api,
    lifeboat,
  }) => {
    const backup = await api.backUp(sourceId);
    const viewer = await addPerson(lifeboat.dataDir, "viewer", "Vera Viewer");
    await context.addCookies((await signIn(lifeboat.url, viewer.email, viewer.password)).cookies);

    const mutating =
      /^(Back up now|Pause|Resume|Verify now|Delete|Edit|Pin|Restore|Restore from here|Save changes|Add a server|Protect a database|Import a backup|Forget this import|Cancel run|Test connection|Delete server|Delete source)\b/;
    for (const path of [
      "/",
      "/sources",
      `/sources/${sourceId}`,
      `/sources/${sourceId}?tab=settings`,
      "/backups",
      `/backups/${backup.id}`,
      "/restores",
      "/imports",
      "/settings/servers",
    ]) {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      // Lists have arrived when nothing waits any more.
      await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0);
      expect([path, await page.getByRole("button", { name: mutating }).allInnerTexts()]).toEqual([path, []]);
      expect([path, await page.getByRole("link", { name: mutating }).allInnerTexts()]).toEqual([path, []]);
    }
    await page.goto(`/backups/${backup.id}?tab=files`);
    await expect(page.getByText("Only admins may download, because the file holds all the data.")).toBeVisible();

    const headers = { Origin: lifeboat.url };
    for (const [method, path, data] of [
      ["POST", "/api/v1/backups", { sourceId }],
      ["POST", `/api/v1/backups/${backup.id}/verify`, undefined],
      ["DELETE", `/api/v1/backups/${backup.id}`, undefined],
      ["PATCH", `/api/v1/sources/${sourceId}`, { paused: true }],
      ["GET", `/api/v1/backups/${backup.id}/download?format=dump`, undefined],
    ] as const) {
      const answer = await context.request.fetch(path, { method, headers: { ...headers, "If-Match": '"1"' }, data });
      expect([method, path, answer.status()]).toEqual([method, path, 403]);
      expect(await answer.json()).toMatchObject({ code: "not-allowed" });
    }
  });
});
