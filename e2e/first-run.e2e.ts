import { getOverview } from "#lib/contracts/system";
import { apiClient } from "./api-client.ts";
import { expect, nobody, test } from "./fixtures.ts";
import { startLifeboat } from "./lifeboat.ts";

test.use({ storageState: nobody });

test("the one-time link makes the first admin once, the guide starts the sample, and the overview tells the truth", async ({
  page,
  browser,
  allowTrouble,
}) => {
  // It starts a whole Lifeboat of its own, and that one's sample.
  test.setTimeout(360_000);
  allowTrouble(/^409 POST .*\/api\/v1\/setup\/first-admin/);
  const lifeboat = await startLifeboat({ env: { LIFEBOAT_ADMIN_EMAIL: "", LIFEBOAT_ADMIN_PASSWORD: "" } });
  try {
    // The line with the link may come a moment after the one that says "ready".
    const printed = () => /http:\/\/127\.0\.0\.1:\d+\/setup#\S+\s/.exec(lifeboat.output())?.[0]?.trim() ?? "";
    await expect.poll(printed).not.toBe("");
    const link = printed();

    await test.step("without its token the page asks for the link", async () => {
      await page.goto(`${lifeboat.url}/`);
      await expect(page).toHaveURL(`${lifeboat.url}/setup`);
      await expect(page.getByText("This page needs the one-time link")).toBeVisible();
    });

    const late = await browser.newPage({ storageState: nobody });
    await late.goto(link);
    await expect(late.getByRole("button", { name: "Make the admin account" })).toBeVisible();

    await test.step("the link makes the admin", async () => {
      await page.goto(link);
      await page.getByLabel("Your name").fill("Grace Hopper");
      await page.getByLabel("E-mail address").fill("grace@example.org");
      await page.getByLabel("Password", { exact: true }).fill("too short");
      await page.getByRole("button", { name: "Make the admin account" }).click();
      await expect(page.getByText("Use at least 12 characters; there are 9")).toBeVisible();
      await page.getByLabel("Password", { exact: true }).fill("a ship in harbour is safe");
      await page.getByRole("button", { name: "Make the admin account" }).click();
      await expect(page.getByRole("heading", { level: 1, name: "Getting started" })).toBeVisible();
      await expect(page).toHaveURL(`${lifeboat.url}/start`);
    });

    await test.step("the link is refused the second time", async () => {
      await late.getByLabel("Your name").fill("Mallory");
      await late.getByLabel("E-mail address").fill("mallory@example.org");
      await late.getByLabel("Password", { exact: true }).fill("a ship in harbour is mine");
      await late.getByRole("button", { name: "Make the admin account" }).click();
      await expect(late.getByText("There is an admin already")).toBeVisible();
      await late.reload();
      await expect(late.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
      await late.close();
    });

    await test.step("the guide starts the sample, which is backed up at once", async () => {
      await page.getByRole("button", { name: "Start the sample shop" }).click();
      await expect(page.getByText("The sample is being prepared")).toBeVisible();
      await page.getByRole("link", { name: "Skip to the overview" }).click();
      await expect(page.getByRole("heading", { level: 1, name: "Nothing is protected yet" })).toBeVisible();
      const row = page.getByRole("table", { name: "Sources" }).getByRole("row").filter({ hasText: "Sample" });
      // A cluster is made, filled and backed up first.
      const sampleWait = { timeout: 120_000 };
      await expect(row).toBeVisible(sampleWait);
      await expect(row.getByText(/second|minute/).first()).toBeVisible(sampleWait);
      // A sample is not something that one needs back: it never makes the verdict better.
      const { verdict } = await apiClient(lifeboat.url, lifeboat.token).ask(getOverview);
      expect([verdict.code, verdict.sources]).toEqual(["no-sources", 0]);
    });

    await test.step("the guide counts nothing of the sample, can be taken up again and sent away", async () => {
      const card = page.getByRole("region", { name: "Getting started" });
      await expect(card.getByText("1 of 6 steps")).toBeVisible();
      await expect(card.getByText("Next: Add your server")).toBeVisible();
      await card.getByRole("link", { name: "Continue" }).click();
      await expect(page).toHaveURL(`${lifeboat.url}/start`);
      await expect(page.getByRole("listitem").filter({ hasText: "Add your server" })).toHaveAttribute("aria-current", "step");
      await expect(page.getByRole("link", { name: "Open the sample" })).toBeVisible();
      await page.getByRole("link", { name: "Skip to the overview" }).click();
      await card.getByRole("button", { name: "Do not show this here any more" }).click();
      await expect(card).toHaveCount(0);
      await page.reload();
      await expect(page.getByRole("table", { name: "Sources" })).toBeVisible();
      await expect(card).toHaveCount(0);
      await page.goto(`${lifeboat.url}/setup`);
      await expect(page).toHaveURL(`${lifeboat.url}/start`);
    });
    // The page would go on fetching ahead from a Lifeboat that is being stopped.
    await page.goto("about:blank");
  } finally {
    await lifeboat.stop();
  }
});
