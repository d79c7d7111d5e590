import { createBackup } from "#lib/contracts/backups";
import { getIncident, listIncidents } from "#lib/contracts/incidents";
import { deleteSource, getSource, updateSource } from "#lib/contracts/sources";
import type { ApiClient } from "./api-client.ts";
import { expect, test } from "./fixtures.ts";

const sourceName = "Till of the harbour";
/** What a source begins with, typed in again by hand. */
const limit = 3;
let sourceId = "";

async function failOnce(api: ApiClient): Promise<string> {
  const { id } = await api.ask(createBackup, { body: { sourceId, kind: "full" } });
  expect((await api.ended(id)).state).toBe("failed");
  return id;
}

test.beforeEach(async ({ api, lifeboat }) => {
  const server = await api.serverNamed("Harbour server", lifeboat.shop);
  const source = await api.sourceNamed(sourceName, server.id, "there_is_no_such_till");
  sourceId = source.id;
});

// The other journeys' verdict must not speak of a source that was made to fail.
test.afterEach(async ({ api }) => {
  const { version } = await api.ask(getSource, { params: { id: sourceId } });
  await api.ask(deleteSource, { params: { id: sourceId }, query: { backups: "delete", when: "now" }, ifMatch: version });
});

test("backups that fail three times open an incident; it is closed when its checklist is confirmed, or waived with a reason", async ({
  page,
  api,
}) => {
  await test.step("the source says after how many failures", async () => {
    await page.goto(`/sources/${sourceId}?tab=settings`);
    const wish = page.getByRole("switch", { name: "Open an incident when backups fail in a row" });
    await expect(wish).toBeChecked();
    await page.getByLabel("After so many failures").fill(String(limit));
    await page.getByRole("button", { name: "Save changes" }).click();
    await expect(page.getByText(`Settings of “${sourceName}” were saved.`)).toBeVisible();
  });

  const firstRun = await failOnce(api);
  await failOnce(api);
  expect((await api.ask(listIncidents, { query: { source: sourceId } })).total).toBe(0);
  await failOnce(api);

  await test.step("the overview leads to it", async () => {
    await page.goto("/");
    const need = page.getByRole("listitem").filter({ hasText: `Backups of ${sourceName} keep failing` });
    await expect(need).toBeVisible();
    await need.getByRole("link", { name: "Go on with it" }).click();
    await expect(page).toHaveURL(/\/incidents\/inc_/);
    await expect(page.getByRole("heading", { level: 1, name: new RegExp(`Backups of ${sourceName} keep failing`) })).toBeVisible();
  });
  const id = /inc_[0-9a-f]{32}/.exec(page.url())?.[0] ?? "";

  await test.step("it tells what happened and who sees to it", async () => {
    const runs = page.locator("section").filter({ has: page.getByRole("heading", { name: "Linked runs" }) });
    await expect(runs.getByRole("link", { name: "Backup" })).toHaveCount(limit);
    const assignee = page.getByRole("combobox", { name: "Assignee" });
    await assignee.click();
    await page.getByRole("option").nth(1).click();
    await expect(assignee).not.toContainText("Nobody");
    await expect(assignee).not.toHaveAttribute("aria-readonly", "true");
    const severity = page.getByRole("combobox", { name: "Severity" });
    const saving = Promise.withResolvers<void>();
    await page.route("**/api/v1/incidents/*", async (route) => {
      if (route.request().method() === "PATCH") await saving.promise;
      await route.continue();
    });
    await severity.click();
    await page.getByRole("option", { name: "Critical" }).click();
    // Whoever goes by keyboard is still there while it is saved.
    await expect(severity).toBeFocused();
    await expect(severity).toHaveAttribute("aria-readonly", "true");
    saving.resolve();
    await expect(page.getByText("Severity: Medium → Critical")).toBeVisible();
    await page.unroute("**/api/v1/incidents/*");
    await expect(severity).toBeFocused();
    await page.getByLabel("Add a note").fill("Nobody can take money.");
    await page.getByRole("button", { name: "Add the note" }).click();
    await expect(page.getByRole("listitem").filter({ hasText: "Nobody can take money." })).toBeVisible();
  });

  const close = page.getByRole("button", { name: "Close the incident" });
  await test.step("nothing is confirmed that nobody wrote down", async () => {
    await expect(close).toBeDisabled();
    await page.getByRole("button", { name: "Confirm: Root cause documented" }).click();
    await expect(page.getByText("Write the root cause down first.")).toBeVisible();
    await expect(page.getByRole("button", { name: "Confirm the item" })).toBeDisabled();
    await page.getByRole("button", { name: "Cancel", exact: true }).click();
    await page.getByRole("button", { name: "Write it down" }).click();
    await page.getByRole("textbox", { name: "Root cause" }).fill("The till's database was renamed.");
    await page.getByRole("button", { name: "Save the root cause" }).click();
    await expect(page.getByRole("button", { name: "Change", exact: true })).toBeVisible();
  });

  await test.step("every item is confirmed, or waived with a reason", async () => {
    for (const item of ["Service working", "Functional integrity checked", "Root cause documented"]) {
      await page.getByRole("button", { name: `Confirm: ${item}` }).click();
      await page.getByRole("button", { name: "Confirm the item" }).click();
      await expect(page.getByRole("button", { name: `Take back: ${item}` })).toBeVisible();
    }
    for (const item of ["Backup confirmed and reachable", "Restore tested in a safe place"]) {
      await page.getByRole("button", { name: `Waive: ${item}` }).click();
      await expect(page.getByRole("button", { name: "Waive the item" })).toBeDisabled();
      await page.getByLabel("Why it is waived").fill("The database is gone for good.");
      await page.getByRole("button", { name: "Waive the item" }).click();
      await expect(page.getByRole("button", { name: `Take back: ${item}` })).toBeVisible();
    }
    await expect(page.getByText("Every item is confirmed or waived.")).toBeVisible();
  });

  await close.click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText(/^2 items are waived: /)).toBeVisible();
  await dialog.getByLabel("Closing note").fill("The source is going to be removed.");
  await dialog.getByRole("button", { name: "Close the incident" }).click();
  await expect(page.getByRole("button", { name: "Open again" })).toBeVisible();
  await expect(page.getByLabel("Add a note")).toHaveCount(0);

  const closed = await api.ask(getIncident, { params: { id } });
  expect(closed).toMatchObject({ state: "closed", severity: "critical", openItems: 0, kind: "backup-failed" });
  expect(closed.runs.map((run) => run.id)).toContain(firstRun);
  expect(closed.checklist.filter(({ state }) => state === "waived").map(({ note }) => note)).toEqual([
    "The database is gone for good.",
    "The database is gone for good.",
  ]);

  await page.goto("/activity/incidents?state=closed");
  await expect(page.getByRole("row", { name: new RegExp(`Backups of ${sourceName} keep failing`) })).toBeVisible();
});

test("an incident is opened by hand from a failed run", async ({ page, api }) => {
  const { version } = await api.ask(getSource, { params: { id: sourceId } });
  await api.ask(updateSource, { params: { id: sourceId }, ifMatch: version, body: { incidentAfterFailures: null } });
  const runId = await failOnce(api);
  await page.goto(`/runs/${runId}`);
  await page.getByRole("button", { name: "Open an incident" }).click();
  const dialog = page.getByRole("dialog", { name: "Open an incident" });
  await dialog.getByLabel("What is wrong").fill("The harbour cannot sell tickets");
  await dialog.getByRole("radio", { name: "High" }).click();
  await dialog.getByRole("button", { name: "Open the incident" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /The harbour cannot sell tickets/ })).toBeVisible();
  await expect(page.getByRole("link", { name: sourceName })).toBeVisible();
  const { items } = await api.ask(listIncidents, { query: { source: sourceId, state: "open" } });
  expect(items).toMatchObject([{ kind: "manual", severity: "high", title: "The harbour cannot sell tickets" }]);
});
