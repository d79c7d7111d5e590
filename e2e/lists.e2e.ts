import { listBackups, updateBackup, verifyBackup } from "#lib/contracts/backups";
import { choose } from "./choose.ts";
import { expect, test } from "./fixtures.ts";

test("filters, order and search of the backups live in the address and survive reload and Back", async ({ page, api, lifeboat }) => {
  const server = await api.serverNamed("Listed server", lifeboat.shop);
  const source = await api.sourceNamed("Listed ledger", server.id, "ledger");
  const other = await api.sourceNamed("Listed shop", server.id, "shop");
  const verified = await api.backUp(source.id, "the verified one");
  const pinned = await api.backUp(source.id, "the pinned one");
  const large = await api.backUp(other.id, "the large one");
  await api.ended((await api.ask(verifyBackup, { params: { id: verified.id } })).id);
  await api.ask(updateBackup, { params: { id: pinned.id }, body: { pinned: true }, ifMatch: pinned.version });

  const rows = page.getByRole("table", { name: "Backups" }).getByRole("row");
  const reasons = async () =>
    (await rows.allInnerTexts()).map((text) => /the (\w+) one/.exec(text)?.[1]).filter((word) => word !== undefined);
  const filter = (name: string) => page.getByRole("combobox", { name });

  await page.goto("/backups");
  await expect.poll(async () => (await reasons()).slice(0, 3)).toEqual(["large", "pinned", "verified"]);

  await choose(filter("Source"), "Listed ledger");
  await expect(page).toHaveURL(new RegExp(`[?&]source=${source.id}`));
  await expect.poll(reasons).toEqual(["pinned", "verified"]);
  await choose(filter("Proof"), "Verified");
  await expect(page).toHaveURL(/[?&]proof=verified/);
  await expect.poll(reasons).toEqual(["verified"]);
  await page.reload();
  await expect.poll(reasons).toEqual(["verified"]);
  await expect(page.getByRole("combobox", { name: "Proof" })).toContainText("Verified");

  await page.getByRole("link", { name: "Listed ledger" }).first().click();
  await expect(page).toHaveURL(/\/backups\/bkp_/);
  await page.goBack();
  await expect(page).toHaveURL(/proof=verified/);
  await expect.poll(reasons).toEqual(["verified"]);

  await page.getByRole("button", { name: "Reset filters" }).click();
  await expect(page).toHaveURL(/\/backups$/);
  await choose(filter("Pins"), "Pinned only");
  await expect.poll(reasons).toEqual(["pinned"]);
  await page.getByRole("button", { name: "Reset filters" }).click();

  await page.getByRole("searchbox", { name: "Find by source, label, note or reason" }).fill("large one");
  await expect(page).toHaveURL(/[?&]q=large\+one/);
  await expect.poll(reasons).toEqual(["large"]);
  await page.getByRole("searchbox", { name: "Find by source, label, note or reason" }).fill("no backup is called this");
  await expect(page.getByText("Nothing matches these filters")).toBeVisible();
  await page.getByRole("button", { name: "Clear the search" }).click();
  await expect(page).toHaveURL(/\/backups$/);

  const stream = page.getByRole("columnheader", { name: "Stream" });
  await stream.getByRole("button").click();
  await expect(page).toHaveURL(/[?&]sort=-streamBytes/);
  await expect(stream).toHaveAttribute("aria-sort", "descending");
  const shown = async (sort: "streamBytes" | "-streamBytes") => (await api.ask(listBackups, { query: { sort } })).items.map(({ id }) => id);
  const ids = () =>
    rows
      .getByRole("link")
      .evaluateAll((links) => links.map((link) => /bkp_\w+/.exec((link as HTMLAnchorElement).href)?.[0]).filter(Boolean));
  await expect.poll(ids).toEqual(await shown("-streamBytes"));
  await stream.getByRole("button").click();
  await expect(page).toHaveURL(/[?&]sort=streamBytes/);
  await expect.poll(ids).toEqual(await shown("streamBytes"));
  expect((await ids()).indexOf(large.id)).toBeGreaterThan((await ids()).indexOf(pinned.id));
});
