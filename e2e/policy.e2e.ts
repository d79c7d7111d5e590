import { listBackups, updateBackup } from "#lib/contracts/backups";
import { cleanUpSource, confirmClock, createPolicy, listPolicies, listTrash } from "#lib/contracts/policies";
import { listRuns } from "#lib/contracts/runs";
import { createSchedule, deleteSchedule, listSchedules } from "#lib/contracts/schedules";
import { deleteSource, getSource } from "#lib/contracts/sources";
import { presetPolicies } from "#lib/domain/schedule-presets";
import { timeZoneCookie } from "#lib/i18n/negotiate";
import { jumpClock } from "./catalogue.ts";
import { choose } from "./choose.ts";
import { dialogFaults } from "./dialog-faults.ts";
import { expect, test } from "./fixtures.ts";

// One story: what is planned first is looked at last, when it has run.
test.describe.configure({ mode: "serial" });

const stamp = Date.now();
const sourceName = `Net shop ${stamp}`;
const busyName = `Net watch ${stamp}`;
const offeredName = `Net offers ${stamp}`;
const policyName = `Only the last one ${stamp}`;
/**
 * Whose night is not now: nothing of what is planned here, from 23:00 to 06:15, may start while it is looked at. Those are 21:00 to 05:15 UTC in
 * Berlin and 12:00 to 20:15 UTC in Sydney, summer and winter together. Both change their clocks at 02:30.
 */
const utcMinute = new Date().getUTCHours() * 60 + new Date().getUTCMinutes();
const zone = utcMinute >= 5.5 * 60 && utcMinute < 20.5 * 60 ? "Europe/Berlin" : "Australia/Sydney";
let sourceId = "";
let busyId = "";
let offeredId = "";

test.beforeEach(async ({ api, lifeboat, page }) => {
  await page.context().addCookies([{ name: timeZoneCookie, value: encodeURIComponent("Europe/Madrid"), url: lifeboat.url }]);
  const server = await api.serverNamed("Net server", lifeboat.shop);
  sourceId = (await api.sourceNamed(sourceName, server.id, "shop")).id;
  busyId = (await api.sourceNamed(busyName, server.id, "ledger")).id;
  // A server protects a database once.
  const other = await api.serverNamed("Net server of offers", lifeboat.shop);
  offeredId = (await api.sourceNamed(offeredName, other.id, "ledger")).id;
});

test.afterAll(async ({ playwright: _playwright }, testInfo) => {
  if (testInfo.status === "skipped") return;
  const { apiClient } = await import("./api-client.ts");
  const { surroundings } = await import("./surroundings.ts");
  const { url, token } = surroundings();
  const api = apiClient(url, token);
  // Whatever happened to the journey about it: nobody else's clean-up may find a clock that is not believed.
  await api.ask(confirmClock);
  for (const id of [sourceId, busyId, offeredId]) {
    // A source at work is not removed, and the schedule of every minute may just have begun: nothing new begins, and what has begun ends.
    const planned = await api.ask(listSchedules, { query: { source: id, limit: 200 } });
    for (const schedule of planned.items) await api.ask(deleteSchedule, { params: { id: schedule.id }, ifMatch: schedule.version });
    await expect.poll(async () => (await api.ask(listRuns, { query: { source: id, state: "active" } })).total).toBe(0);
    // What was taken out of the trash was pinned.
    const { items } = await api.ask(listBackups, { query: { source: id, limit: 200 } });
    for (const backup of items.filter(({ pinned }) => pinned))
      await api.ask(updateBackup, { params: { id: backup.id }, body: { pinned: false }, ifMatch: backup.version });
    const { version } = await api.ask(getSource, { params: { id } });
    await api.ask(deleteSource, { params: { id }, query: { backups: "delete", when: "now" }, ifMatch: version });
  }
});

test("an admin takes an offer, reads it in words, changes one schedule and sees what clock changes do to it", async ({ page, api }) => {
  // It runs while the others are looked at.
  const { total } = await api.ask(listSchedules, { query: { source: busyId } });
  if (total === 0)
    await api.ask(createSchedule, { body: { sourceId: busyId, task: "full", cron: "* * * * *", timeZone: zone, jitterSeconds: 0 } });

  await page.goto(`/sources/${sourceId}`);
  await page.getByRole("tab", { name: "Policy" }).click();
  await expect(page.getByText("Nothing starts by itself yet")).toBeVisible();
  await expect(page.getByRole("radio", { name: "Recommended" })).toBeChecked();
  await page.getByLabel("Time zone").fill(zone);
  const keep = page.getByRole("checkbox", { name: /^Also keep by “By kind: 12 months, 8 weeks, 7 days”: .*goes to the trash\.$/ });
  await expect(keep).toBeChecked();
  await expect(page.getByText("Of the backups that are there, none would go today.")).toBeVisible();
  await keep.uncheck();
  await keep.check();
  await page.getByRole("button", { name: "Use these schedules" }).click();

  const row = (task: string) => page.getByRole("listitem").filter({ has: page.getByText(task, { exact: true }) });
  await test.step("five schedules stand there in words", async () => {
    await expect(row("Full backup")).toContainText("At 00:00, on day 1 of the month");
    await expect(row("Differential backup")).toContainText("At 23:30, only on Sunday");
    await expect(row("Incremental backup")).toContainText("At 23:00, every day");
    await expect(row("Verification")).toContainText("At 01:00, every day");
    await expect(row("Clean-up")).toContainText("At 02:00, only on Monday");
    await expect(row("Clean-up")).toContainText(zone);
  });

  const { retentionPolicyId } = await api.ask(getSource, { params: { id: sourceId } });
  expect(retentionPolicyId).toBe(presetPolicies.recommended);

  const dialog = page.getByRole("dialog");
  await test.step("what is wrong is said, and what is right is shown with its next starts", async () => {
    await page.getByRole("button", { name: "Actions for Verification" }).click();
    await page.getByRole("menuitem", { name: "Edit" }).click();
    await dialog.getByRole("radio", { name: "Cron" }).click();
    await expect(dialog.getByLabel("Cron expression")).toHaveValue("0 1 * * *");
    await dialog.getByLabel("Cron expression").fill("0 25 * * *");
    await expect(dialog.getByRole("alert")).toBeVisible();
    await dialog.getByLabel("Cron expression").fill("30 2 * * *");
    await expect(dialog.getByText(`At 02:30, every day · ${zone}`)).toBeVisible();
    await expect(dialog.getByRole("table", { name: "The next five starts" }).getByRole("row")).toHaveCount(6);
    await expect(dialog.getByText(/the clocks go forward and 02:30 does not exist: it starts at 03:00 instead/)).toBeVisible();
    await expect(dialog.getByText(/the clocks go back and 02:30 comes twice: it starts once/)).toBeVisible();
    await dialog.getByLabel("Time zone").fill("Asia/Tokyo");
    await expect(dialog.getByText("There (Asia/Tokyo)")).toBeVisible();
    await expect(dialog.getByText("Clock changes do not touch this schedule in the coming year.")).toBeVisible();
    await dialog.getByLabel("Time zone").fill(zone);
    expect(await dialogFaults(page, dialog)).toEqual([]);
    await dialog.getByRole("button", { name: "Save the schedule" }).click();
    await expect(row("Verification")).toContainText("At 02:30, every day");
  });

  await test.step("a pause says until when, and ends when somebody resumes", async () => {
    await page.getByRole("button", { name: "Pause", exact: true }).click();
    await dialog.getByRole("radio", { name: "Until a date" }).click();
    expect(await dialogFaults(page, page.getByRole("dialog", { name: `Pause “${sourceName}”` }))).toEqual([]);
    await dialog.getByRole("radio", { name: "Until tomorrow morning" }).click();
    await dialog.getByRole("button", { name: /^Pause until .*08:00/ }).click();
    await expect(page.getByText(/^Paused until .*08:00.*: until then Lifeboat starts nothing/)).toBeVisible();
    await page.getByRole("button", { name: "Resume" }).click();
    await expect(page.getByText(/^Paused until/)).toHaveCount(0);
  });
  const { items } = await api.ask(listSchedules, { query: { source: sourceId } });
  expect(items.map(({ task, cron }) => `${task} ${cron}`).toSorted()).toEqual([
    "clean-up 0 2 * * 1",
    "differential 30 23 * * 0",
    "full 0 0 1 * *",
    "incremental 0 23 * * *",
    "verify 30 2 * * *",
  ]);
});

test("a policy is tried out before it is given to a source; what it removes waits in the trash and can be taken out", async ({
  page,
  api,
}) => {
  const first = await api.backUp(sourceId, "the older one");
  await api.backUp(sourceId, "the newer one");
  await api.backUp(sourceId, "the newest one");
  const { items: policies } = await api.ask(listPolicies, { query: { limit: 200 } });
  if (!policies.some(({ name }) => name === policyName))
    await api.ask(createPolicy, { body: { name: policyName, rule: { keep: [{ type: "keep-last", keep: 1 }], capBytes: null } } });

  await page.goto(`/sources/${sourceId}?tab=policy`);
  const simulation = page.locator("section").filter({ has: page.getByRole("heading", { name: "What would happen" }) });
  await expect(simulation.getByText("3 backups stay")).toBeVisible();

  await test.step("a day in a year and its space are looked at, with the keyboard", async () => {
    await simulation.getByRole("slider", { name: "Days from today" }).focus();
    await page.keyboard.press("End");
    await expect(simulation.getByRole("slider")).toHaveAttribute("aria-valuetext", /in 730 days/);
    await expect(simulation.getByText("(to come)").first()).toBeVisible();
    await expect(simulation.getByRole("img", { name: /^Space over 730 days: / })).toBeVisible();
    await simulation.getByRole("radio", { name: "Table" }).click();
    await expect(simulation.getByRole("region", { name: "Space and backups by month" }).getByRole("row").nth(12)).toBeVisible();
    await simulation.getByRole("button", { name: "Today" }).click();
    await expect(simulation.getByText("3 backups stay")).toBeVisible();
  });

  await test.step("another policy is tried out, then used", async () => {
    await choose(page.getByLabel("Policy", { exact: true }).last(), policyName);
    await expect(simulation.getByText(`For “${policyName}”, as chosen above.`)).toBeVisible();
    await expect(simulation.getByText("2 backups go to the trash")).toBeVisible();
    await simulation.getByRole("radio", { name: "Go", exact: true }).click();
    await expect(simulation.getByText("More than the policy keeps")).toHaveCount(2);
    await page.getByRole("button", { name: "Use this policy" }).click();
    await expect(page.getByText(`“${sourceName}” is kept by “${policyName}” from now on.`)).toBeVisible();
  });

  await test.step("cleaning up says how many go, and they do", async () => {
    await page.getByRole("button", { name: "Clean up now" }).click();
    await expect(page.getByRole("button", { name: "Move 2 backups to the trash" })).toBeEnabled();
    expect(await dialogFaults(page, page.getByRole("alertdialog"))).toEqual([]);
    await page.getByRole("button", { name: "Move 2 backups to the trash" }).click();
    await expect(page).toHaveURL(/\/runs\/run_/);
    await expect.poll(async () => (await api.ask(listTrash, { query: { source: sourceId } })).total).toBe(2);
  });

  await test.step("one of them is taken out again", async () => {
    await page.goto(`/trash?source=${sourceId}`);
    const table = page.getByRole("table", { name: "Trash" });
    await expect(table.getByRole("row").filter({ hasText: "More than the policy keeps" })).toHaveCount(2);
    await table
      .locator(`tr:has(a[href="/backups/${first.id}"])`)
      .getByRole("button", { name: /^Take the backup of/ })
      .click();
    await expect(page.getByText("1 backup is out of the trash.")).toBeVisible();
    await expect(page.getByText("It is pinned now, so that the next clean-up leaves it.")).toBeVisible();
    await expect(table.getByRole("row").filter({ hasText: "More than the policy keeps" })).toHaveCount(1);
  });
});

test("a clock that jumped stops removals until somebody says that it is right", async ({ page, api, lifeboat }) => {
  await jumpClock(lifeboat.dataDir, 30);
  const cleanUp = async () => api.ended((await api.ask(cleanUpSource, { params: { id: sourceId } })).id);
  expect(await cleanUp()).toMatchObject({ state: "failed", error: { code: "clock-suspect" } });

  await page.goto("/");
  const asked = page.getByText("The clock jumped: nothing is removed until you say that it is right");
  await expect(asked).toBeVisible();
  await page.getByRole("button", { name: "Look at the clock" }).click();
  const dialog = page.getByRole("alertdialog", { name: "Is the clock right?" });
  await expect(dialog.getByText(/^That is 30.d\b.* from what was expected\.$/)).toBeVisible();
  await expect(dialog.locator("time")).toHaveAttribute("datetime", new RegExp(`^${new Date().getUTCFullYear()}-`));
  expect(await dialogFaults(page, dialog)).toEqual([]);
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(dialog).toBeHidden();
  await expect(asked).toBeVisible();

  await page.getByRole("button", { name: "Look at the clock" }).click();
  await dialog.getByRole("button", { name: "The clock is right" }).click();
  await expect(page.getByText("Removals go on")).toBeVisible();
  await expect(asked).toHaveCount(0);
  expect(await cleanUp()).toMatchObject({ state: "succeeded" });
});

test("policies are made, copied and protected; limits are kept", async ({ page }) => {
  await page.goto("/policies");
  await expect(page.getByRole("list", { name: "Retention policies" })).toContainText(policyName);
  await page.getByRole("button", { name: `Actions for ${policyName}` }).click();
  await expect(page.getByRole("menuitem", { name: /^Delete/ })).toHaveAttribute("aria-disabled", "true");
  await page.getByRole("menuitem", { name: "Copy" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Save the policy" }).click();
  await expect(dialog.getByText("A name", { exact: true })).toBeVisible();
  await dialog.getByLabel("Name").fill(`${policyName} copied`);
  await dialog.getByRole("checkbox", { name: "Days, weeks and months" }).check();
  await expect(dialog.getByText("Keeps the newest of each of 14 days, 8 weeks, 12 months; the last backup.")).toBeVisible();
  expect(await dialogFaults(page, dialog)).toEqual([]);
  await dialog.getByRole("button", { name: "Save the policy" }).click();
  const list = page.getByRole("list", { name: "Retention policies" });
  await expect(list).toContainText(`${policyName} copied`);
  await page.getByRole("button", { name: `Actions for ${policyName} copied` }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete 1 policy" }).click();
  await expect(list).not.toContainText(`${policyName} copied`);

  const perHost = page.getByLabel("Runs at the same time on one database host");
  await perHost.fill("0");
  await expect(page.getByRole("button", { name: "Save the limits" })).toBeDisabled();
  await perHost.fill("50");
  await page.getByRole("button", { name: "Save the limits" }).click();
  await expect(page.getByText("The limits were saved.")).toBeVisible();
  await perHost.fill("");
  await page.getByRole("button", { name: "Save the limits" }).click();
  await expect(page.getByRole("button", { name: "Save the limits" })).toBeDisabled();
});

test("the calendar shows what was done and what is planned, by keyboard and on a phone", async ({ page }) => {
  // The schedule of every minute may have begun a moment ago.
  const done = /: .*[1-9]\d* done/;
  const today = page.locator('button[aria-current="date"]');
  await expect(async () => {
    await page.goto(`/calendar?source=${busyId}`);
    // Today: at midnight what was done a minute ago is yesterday's.
    await expect(today.and(page.getByRole("button", { name: done }))).toBeVisible({ timeout: 3000 });
  }).toPass({ timeout: 150_000 });

  await today.click();
  await expect(page.getByRole("list").filter({ hasText: busyName }).getByText("Done").first()).toBeVisible();

  await test.step("keys lead from day to day and from month to month", async () => {
    await page.goto("/calendar");
    const before = await today.getAttribute("data-day");
    const focused = page.locator("button[data-day]:focus");
    // Until the page has its data a day may be drawn anew, and loses the focus.
    await expect(async () => {
      // What an earlier round pressed may have led away from today by now.
      if ((await today.count()) === 0) await page.getByRole("button", { name: "Today" }).click({ timeout: 5000 });
      await today.focus({ timeout: 5000 });
      await page.keyboard.press("PageDown");
      await expect(focused).not.toHaveAttribute("data-day", before ?? "", { timeout: 15_000 });
    }).toPass({ timeout: 60_000 });
    await expect(focused).toHaveAttribute("aria-label", /planned/);
    await page.keyboard.press("ArrowRight");
    await expect(focused).toHaveAttribute("tabindex", "0");
    await page.getByRole("button", { name: "Today" }).click();
    await expect(today).toBeVisible();
  });

  await test.step("a phone has the same as a list", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`/calendar?source=${busyId}`);
    await expect(page.getByRole("grid")).toBeHidden();
    await expect(page.getByText(busyName).first()).toBeVisible();
    await page.getByRole("button", { name: /^Account of/ }).click();
    await page.getByRole("menuitem", { name: "Policies" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Policies" })).toBeVisible();
  });
});

test("an offer says what would go and takes nothing unasked; a policy that nothing carries out says so, with the cure", async ({
  page,
  api,
}) => {
  await api.backUp(offeredId, "the older one");
  await api.backUp(offeredId, "the newer one");
  await page.goto(`/sources/${offeredId}?tab=policy`);
  await page.getByRole("radio", { name: "Daily backup" }).click();
  await expect(page.getByText("1 of the backups that are there would go with the next clean-up.")).toBeVisible();
  await expect(page.getByRole("checkbox", { name: /^Also keep by “14 days, 8 weeks, 12 months”/ })).not.toBeChecked();
  await page.getByLabel("Every day at").fill("04:15");
  await page.getByLabel("Time zone").fill(zone);
  await page.getByRole("button", { name: "Use these schedules" }).click();
  await expect(page.getByText(`“${offeredName}” has new schedules.`)).toBeVisible();
  expect((await api.ask(getSource, { params: { id: offeredId } })).retentionPolicyId).toBeNull();
  const { items } = await api.ask(listSchedules, { query: { source: offeredId } });
  expect(items.map(({ task, cron }) => `${task} ${cron}`).toSorted()).toEqual([
    "clean-up 0 2 * * 1",
    "full 15 4 * * *",
    "verify 15 6 * * *",
  ]);

  const dialog = page.getByRole("dialog");
  await test.step("taken again it says what it replaces, and the tick gives the policy", async () => {
    await page.getByRole("button", { name: "Use an offer" }).click();
    await expect(dialog.getByText("The present 3 schedules are replaced. What they did stays in the calendar.")).toBeVisible();
    await dialog.getByRole("radio", { name: "Daily backup" }).click();
    await dialog.getByLabel("Time zone").fill(zone);
    await dialog.getByRole("checkbox", { name: /^Also keep by/ }).check();
    expect(await dialogFaults(page, page.getByRole("dialog", { name: `Schedules for ${offeredName}` }))).toEqual([]);
    await dialog.getByRole("button", { name: "Use these schedules" }).click();
    await expect(dialog.getByRole("button", { name: "Use these schedules" })).toHaveCount(0);
    expect((await api.ask(getSource, { params: { id: offeredId } })).retentionPolicyId).toBe(presetPolicies.daily);
  });

  await test.step("without a clean-up the policy is never carried out", async () => {
    const { items: present } = await api.ask(listSchedules, { query: { source: offeredId } });
    for (const { id, version } of present.filter(({ task }) => task === "clean-up"))
      await api.ask(deleteSchedule, { params: { id }, ifMatch: version });
    await page.reload();
    const notice = page.getByText("This policy is never carried out");
    await expect(notice).toHaveCount(2);
    await page.getByRole("button", { name: "Schedule a clean-up" }).first().click();
    await expect(dialog.getByLabel("What", { exact: true })).toContainText("Clean-up");
    await dialog.getByLabel("Time zone").fill(zone);
    await dialog.getByRole("button", { name: "Save the schedule" }).click();
    await expect(notice).toHaveCount(0);
  });
});
