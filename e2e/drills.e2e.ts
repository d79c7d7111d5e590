import type { Page } from "playwright/test";
import type { CheckDefinition } from "#lib/contracts/drill-checks";
import { getDrillPlan, updateDrillPlan } from "#lib/contracts/drill-plans";
import { getDrill, type DrillDetailDto } from "#lib/contracts/drills";
import { getBackup } from "#lib/contracts/backups";
import type { ApiClient } from "./api-client.ts";
import { choose } from "./choose.ts";
import { violationsOf } from "./axe.ts";
import { addPerson } from "./catalogue.ts";
import { expect, test } from "./fixtures.ts";
import { signIn } from "./sign-in.ts";

// One source, rehearsed again and again: each journey leaves it without an open drill.
test.describe.configure({ mode: "serial" });

const sourceName = `Drill ledger ${Date.now()}`;
const playbook =
  "# Before you start\n\n1. Tell the **team**\n2. Open the [runbook](https://ops.example/runbook)\n\n<script>alert(1)</script>";
const drillWaits = { timeout: 60_000 };
let sourceId = "";
let backupId = "";

const count = (value: string): CheckDefinition => ({
  key: "entries",
  name: "Five thousand entries",
  mandatory: true,
  type: "sql",
  sql: "SELECT count(*) FROM entries",
  expect: { type: "value", comparison: "=", value },
});
const question: CheckDefinition = {
  key: "sign-in",
  name: "Somebody can sign in",
  mandatory: true,
  type: "manual",
  question: "Can you sign in with your own account?",
  hint: "",
};

/** The plan with the checks that Lifeboat proposed, and these. */
async function plan(api: ApiClient, own: readonly CheckDefinition[]): Promise<void> {
  const params = { id: sourceId };
  const { checks, version } = await api.ask(getDrillPlan, { params });
  const proposed = checks.filter(({ type }) => type !== "sql" && type !== "manual");
  await api.ask(updateDrillPlan, { params, ifMatch: version, body: { checks: [...proposed, ...own], playbook, recoveryTimeSeconds: 900 } });
}

/** Starts a drill from the source's page. */
async function start(page: Page, { unattended = false } = {}): Promise<string> {
  await page.goto(`/sources/${sourceId}?tab=drill`);
  await page.getByRole("button", { name: "Start drill" }).click();
  const dialog = page.getByRole("dialog", { name: `Start a drill of ${sourceName}?` });
  if (unattended) await dialog.getByRole("switch", { name: "Unattended" }).click();
  await dialog.getByRole("button", { name: unattended ? "Start and let it run" : "Start and look ahead" }).click();
  await expect(page).toHaveURL(/\/drills\/drl_/);
  return /drl_[0-9a-f]{32}/.exec(page.url())?.[0] ?? "";
}

async function restore(page: Page): Promise<void> {
  await expect(page.getByText("Nothing stands in the way")).toBeVisible(drillWaits);
  await page.getByRole("button", { name: "Start the clock and restore" }).click();
  await expect(page.getByRole("tab", { name: "Checks" })).toBeVisible(drillWaits);
  await expect(page.getByText("Checks are running")).toHaveCount(0, drillWaits);
}

function check(page: Page, name: string) {
  return page.getByRole("listitem").filter({ has: page.getByRole("heading", { level: 3, name, exact: true }) });
}

/** What axe finds, and what is wider than the screen, in a hand: of steps that are there only while a drill is open. */
async function expectFit(page: Page): Promise<void> {
  const size = page.viewportSize();
  await page.setViewportSize({ width: 390, height: 844 });
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await expect.poll(overflow).toBeLessThanOrEqual(0);
  expect(await violationsOf(page)).toEqual([]);
  if (size !== null) await page.setViewportSize(size);
}

async function closed(api: ApiClient, id: string): Promise<DrillDetailDto> {
  await expect.poll(async () => (await api.ask(getDrill, { params: { id } })).state, { ...drillWaits, intervals: [250] }).toBe("closed");
  return api.ask(getDrill, { params: { id } });
}

test("a person is led from the plan to a signed report, across a reload and beside a second person", async ({
  page,
  api,
  browser,
  lifeboat,
  allowTrouble,
}) => {
  const server = await api.serverNamed(`Server of ${sourceName}`, lifeboat.shop);
  sourceId = (await api.sourceNamed(sourceName, server.id, "ledger")).id;
  backupId = (await api.backUp(sourceId, "to be rehearsed")).id;
  await plan(api, [count("5000"), question]);

  const id = await start(page);
  await test.step("prepare tells what would be done, and the playbook stands beside it without a line of HTML", async () => {
    await expect(page.getByText("Nothing stands in the way")).toBeVisible(drillWaits);
    await expect(page.getByRole("heading", { name: "Before you start" })).toBeVisible();
    await expect(page.getByText("<script>alert(1)</script>")).toBeVisible();
    await expect(page.getByText("A PostgreSQL server of its own, started for this drill and thrown away")).toBeVisible();
    await expect(page.getByText("objective 15 min")).toBeVisible();
    await expectFit(page);
  });
  await restore(page);

  await test.step("every check tells what it expected and found; a reload keeps the place", async () => {
    await expect(check(page, "Rows and content of every table").getByRole("img", { name: "Passed" })).toBeVisible(drillWaits);
    await expect(check(page, "Five thousand entries").getByRole("definition").last()).toHaveText("5000");
    await expectFit(page);
    await page.getByRole("tab", { name: "SQL console" }).click();
    await expect(page).toHaveURL(/look=console/);
    await page.reload();
    await expect(page.getByRole("textbox", { name: "Statement" })).toBeVisible();
  });

  await test.step("the console reads the copy and writes nothing", async () => {
    const console = page.getByRole("textbox", { name: "Statement" });
    await console.fill("SELECT max(id) AS newest FROM entries");
    await page.keyboard.press("Control+Enter");
    await expect(page.getByRole("cell", { name: "5000", exact: true })).toBeVisible();
    allowTrouble(/^4\d\d POST .*\/query$/);
    for (const [statement, answer] of [
      ["DELETE FROM entries", "The statement was refused"],
      ["SELECT pg_read_file('/etc/passwd')", "permission denied"],
    ] as const) {
      await console.fill(statement);
      await page.getByRole("button", { name: "Run", exact: true }).click();
      await expect(page.getByRole("alert").filter({ hasText: answer })).toBeVisible();
    }
    await page.getByRole("tab", { name: "Tables" }).click();
    await page.getByRole("button", { name: /public\.entries/ }).click();
    await expect(page.getByText("Rows 1 to")).toBeVisible();
  });

  await test.step("a second person sees the same, takes it over, and the first one is told", async () => {
    const ada = await addPerson(lifeboat.dataDir, "admin", "Ada Drill");
    const context = await browser.newContext({ storageState: await signIn(lifeboat.url, ada.email, ada.password), baseURL: lifeboat.url });
    const other = await context.newPage();
    await other.goto(`/drills/${id}`);
    await expect(check(other, "Five thousand entries")).toBeVisible();
    await expect(other.getByRole("button", { name: "Pause" })).toHaveCount(0);
    await other.getByRole("button", { name: "Take it over" }).click();
    await other.getByRole("button", { name: "Pause" }).click();
    await other.getByLabel("Why").fill("lunch");
    await other.getByRole("button", { name: "Pause the drill" }).click();
    await expect(page.getByText("Paused by Ada Drill")).toBeVisible();
    await other.getByRole("button", { name: "Resume" }).first().click();
    // Left at once, the page would take its question back; and only the operator may resume.
    await expect(other.getByText("Paused by Ada Drill")).toHaveCount(0);
    await other.goto("about:blank");
    await context.close();
    await page.getByRole("button", { name: "Take it over" }).click();
    await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
  });

  await test.step("no better verdict than the checks allow; then answered, signed and proven to be gone", async () => {
    await page.getByRole("tab", { name: "Checks" }).click();
    await page.getByRole("button", { name: "Go on to closing" }).click();
    await expect(page.getByRole("radio", { name: "Passed", exact: true })).toBeDisabled();
    await page.getByRole("button", { name: "Validate" }).click();
    const mine = check(page, "Somebody can sign in");
    await mine.getByRole("textbox").fill("as admin, in two seconds");
    await mine.getByRole("button", { name: "Passed" }).click();
    await expect(mine.getByText("as admin, in two seconds")).toBeVisible();
    await page.getByRole("button", { name: "Go on to closing" }).click();
    await page.getByRole("button", { name: "Add a finding" }).click();
    await page.getByLabel("What was found").fill("The key was in nobody's vault");
    await page.getByLabel("What is done about it").fill("Put it there");
    await page.reload();
    await expect(page.getByLabel("What was found")).toHaveValue("The key was in nobody's vault");
    await page.getByRole("button", { name: "Edit the playbook" }).click();
    await page.getByRole("textbox", { name: "Playbook" }).fill("# Second edition");
    await expectFit(page);
    await expect(page.getByRole("button", { name: "Sign: passed with findings" })).toBeDisabled();
    const signer = /“(.+)”/.exec(await page.getByText(/^Type “.+” to sign\.$/).innerText())?.[1] ?? "";
    await page.getByLabel("Your name").fill(signer);
    await page.getByRole("button", { name: "Sign: passed with findings" }).click();
    await expect(page.getByText(`${sourceName} can be restored, with findings`)).toBeVisible(drillWaits);
    for (const left of ["no database left", "no process left", "no folder left", "no file left"])
      await expect(page.getByText(left)).toBeVisible();
    await expect(page.getByRole("link", { name: "Open the report" }).first()).toHaveAttribute("href", `/drills/${id}/report`);
  });
  const drill = await closed(api, id);
  expect(drill).toMatchObject({ verdict: "passed-with-findings", incidentId: null });
  expect((await api.ask(getBackup, { params: { id: backupId } })).meter.proven.state).toBe("yes");
  expect((await api.ask(getDrillPlan, { params: { id: sourceId } })).playbook).toBe("# Second edition");
});

test("a plan is edited in units of people, and an unattended drill by it fails at the check that lies, with an incident", async ({
  page,
  api,
}) => {
  await plan(api, []);
  await page.goto(`/sources/${sourceId}?tab=drill`);
  await page.getByRole("textbox", { name: "Recovery time objective" }).fill("2");
  await choose(page.getByLabel("Unit of “Recovery time objective”"), "hours");
  await page.getByRole("button", { name: "Add a check" }).click();
  await page.getByRole("menuitem", { name: /^SQL check/ }).click();
  const dialog = page.getByRole("dialog", { name: "New check: SQL check" });
  await dialog.getByLabel("Name").fill("One entry too many");
  await dialog.getByLabel("Statement").fill("SELECT count(*) FROM entries");
  await dialog.getByRole("textbox", { name: "Value", exact: true }).fill("5001");
  await dialog.getByRole("button", { name: "Add it to the plan" }).click();
  await page.getByRole("button", { name: "Save the plan" }).click();
  await expect(page.getByText(`The drill plan of ${sourceName} is saved.`)).toBeVisible();
  expect(await api.ask(getDrillPlan, { params: { id: sourceId } })).toMatchObject({ recoveryTimeSeconds: 7200 });

  const id = await start(page, { unattended: true });
  await expect(page.getByText("This drill goes on by itself")).toBeVisible();
  await expect(page.getByText(`The drill of ${sourceName} failed`)).toBeVisible(drillWaits);
  await expect(page.getByRole("link", { name: "Open the incident" })).toHaveAttribute("href", /\/incidents\/inc_/);
  await page.getByRole("button", { name: "Validate" }).click();
  const lie = check(page, "One entry too many");
  await expect(lie.getByRole("definition").first()).toContainText("5001");
  await expect(lie.getByRole("definition").last()).toContainText("5000");
  expect(await closed(api, id)).toMatchObject({
    verdict: "failed",
    unattended: true,
    cleanUp: { databases: 0, processes: 0, folders: 0, files: 0 },
  });
});

test("an aborted drill cleans up behind itself and proves nothing", async ({ page, api }) => {
  await plan(api, []);
  const id = await start(page);
  await restore(page);
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: /^Abort the drill/ }).click();
  const dialog = page.getByRole("alertdialog", { name: "Abort this drill?" });
  await dialog.getByLabel("Why").fill("the wrong one");
  await dialog.getByRole("button", { name: "Abort and clean up" }).click();
  await expect(page.getByText("It has no verdict and proves nothing.")).toBeVisible(drillWaits);
  await expect(page.getByText("no process left")).toBeVisible();
  expect(await api.ask(getDrill, { params: { id } })).toMatchObject({ state: "aborted", verdict: null, reportId: null });
});
