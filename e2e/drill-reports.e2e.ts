import { readFileSync, writeFileSync } from "node:fs";
import type { Page } from "playwright/test";
import { getDrillPlan, updateDrillPlan } from "#lib/contracts/drill-plans";
import { getDrill, startDrill, type DrillDetailDto } from "#lib/contracts/drills";
import type { ApiClient } from "./api-client.ts";
import { choose } from "./choose.ts";
import { addPerson } from "./catalogue.ts";
import { stockTool } from "./files.ts";
import { expect, nobody, test } from "./fixtures.ts";
import { signIn } from "./sign-in.ts";

// A worker that starts again after a failure rehearses a source of its own.
const sourceName = `Rehearsed ledger ${Date.now()}`;
const sqlCheck = "Entries of the ledger";

/** Two drills that went through by themselves; the second one asked for more than there is, as advice. */
let drills: { sourceId: string; first: DrillDetailDto; second: DrillDetailDto } | null = null;

async function rehearse(api: ApiClient, sourceId: string): Promise<DrillDetailDto> {
  const { id } = await api.ask(startDrill, { body: { sourceId, unattended: true } });
  const look = () => api.ask(getDrill, { params: { id } });
  await expect.poll(async () => (await look()).state, { intervals: [250, 500] }).toBe("closed");
  return look();
}

test.beforeEach(async ({ api, lifeboat }) => {
  if (drills !== null) return;
  const server = await api.serverNamed(`Server of ${sourceName}`, lifeboat.shop);
  const { id: sourceId } = await api.sourceNamed(sourceName, server.id, "ledger");
  await api.backUp(sourceId);
  const first = await rehearse(api, sourceId);
  const plan = await api.ask(getDrillPlan, { params: { id: sourceId } });
  const asked = {
    key: "entries",
    name: sqlCheck,
    type: "sql" as const,
    mandatory: false,
    sql: "SELECT count(*) FROM entries",
    expect: { type: "value" as const, comparison: ">=" as const, value: "1000000" },
  };
  await api.ask(updateDrillPlan, { params: { id: sourceId }, body: { checks: [...plan.checks, asked] }, ifMatch: plan.version });
  drills = { sourceId, first, second: await rehearse(api, sourceId) };
});

function made(): NonNullable<typeof drills> {
  if (drills === null) throw new Error("no drill was made");
  return drills;
}

async function downloaded(page: Page, press: () => Promise<void>, path: string): Promise<string> {
  const waiting = page.waitForEvent("download");
  await press();
  const download = await waiting;
  await download.saveAs(path);
  return download.suggestedFilename();
}

async function verifierSays(keys: string, file: string): Promise<{ code: number; text: string }> {
  try {
    const { stdout } = await stockTool(process.execPath, ["scripts/verify-report.mjs", "--key", keys, file]);
    return { code: 0, text: stdout };
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string };
    return { code, text: stdout };
  }
}

test("the report of an unattended drill is read, kept as PDF, Markdown and signed JSON, checked, and corrected", async ({ page }, info) => {
  const { first } = made();
  const sha256 = first.backup?.sha256 ?? "";
  expect(first.verdict).toBe("passed");

  await test.step("the page tells everything that was signed", async () => {
    await page.goto(`/drills/${first.id}/report`);
    await expect(page.getByRole("heading", { level: 1, name: `Report: ${sourceName}` })).toBeVisible();
    await expect(page.getByText("Untouched", { exact: true })).toBeVisible();
    await expect(page.getByText(sha256, { exact: true })).toBeVisible();
    const checks = page.getByRole("region", { name: "Checks" });
    await expect(checks.getByRole("row").filter({ hasText: "Rows and content of every table" })).toContainText("Passed");
    await expect(page.getByRole("heading", { name: "Clean-up" })).toBeVisible();
    await expect(page.getByText("Lifeboat (unattended)")).toBeVisible();
  });

  const json = info.outputPath("report.json");
  await test.step("the PDF holds it as text, Markdown too", async () => {
    const pdf = info.outputPath("report.pdf");
    const name = await downloaded(page, () => page.getByRole("link", { name: "Download PDF" }).click(), pdf);
    expect(name).toMatch(/\.pdf$/);
    const { stdout: text } = await stockTool("pdftotext", ["-layout", pdf, "-"]);
    for (const part of [sourceName, "Passed", "Rows and content of every table", "Clean-up", /Page 1 of [1-3]\b/]) {
      if (typeof part === "string") expect(text).toContain(part);
      else expect(text).toMatch(part);
    }
    // The digest may be broken into lines.
    expect(text.replaceAll(/\s/g, "")).toContain(sha256);
    const download = async (entry: string): Promise<void> => {
      await page.getByRole("button", { name: "Other forms of the report" }).click();
      await page.getByRole("menuitem", { name: entry }).click();
    };
    const markdown = info.outputPath("report.md");
    await downloaded(page, () => download("Markdown"), markdown);
    expect(readFileSync(markdown, "utf8")).toContain(sha256);
    await downloaded(page, () => download("Signed JSON"), json);
  });

  const changed = info.outputPath("changed.json");
  const bytes = readFileSync(json);
  const at = bytes.indexOf(sourceName);
  bytes[at] = (bytes[at] ?? 0) ^ 0x01;
  writeFileSync(changed, bytes);

  await test.step("the page that checks takes the file, and refuses it with one bit changed", async () => {
    await page.goto("/reports/verify");
    const file = page.getByLabel("Choose the signed JSON file");
    await file.setInputFiles(json);
    await expect(page.getByText("Ours, and untouched")).toBeVisible();
    await file.setInputFiles(changed);
    await expect(page.getByText("Not to be trusted")).toBeVisible();
    await expect(page.getByText("The content was changed: it no longer has the SHA-256 that the report names.")).toBeVisible();
    await page.getByLabel("Or paste its text").fill(readFileSync(json, "utf8"));
    await page.getByRole("button", { name: "Check the text" }).click();
    await expect(page.getByText("Ours, and untouched")).toBeVisible();
  });

  await test.step("so does the program that needs no Lifeboat, with the key from the page", async () => {
    const keys = info.outputPath("keys.pem");
    await downloaded(page, () => page.getByRole("link", { name: "Download the key" }).click(), keys);
    expect(await verifierSays(keys, json)).toMatchObject({ code: 0, text: expect.stringContaining("The report is genuine.") });
    expect(await verifierSays(keys, changed)).toMatchObject({ code: 1 });
  });

  await test.step("a correction stands beside it, and changes nothing of it", async () => {
    await page.goto(`/drills/${first.id}/report`);
    await page.getByLabel("Add a correction").fill("The operator was on call for Bilbao.");
    await page.getByRole("button", { name: "Add the correction" }).click();
    await expect(page.locator("#notes").getByText("The operator was on call for Bilbao.")).toBeVisible();
    await expect(page.getByText("Untouched", { exact: true })).toBeVisible();
  });
});

test("history, calendar, recovery times and the comparison tell of both drills", async ({ page }) => {
  const { sourceId, first, second } = made();
  expect(second.verdict).toBe("passed-with-findings");

  await page.goto(`/drills?source=${sourceId}`);
  const rows = page.getByRole("table", { name: "History" }).getByRole("row").filter({ hasText: sourceName });
  await expect(rows).toHaveCount(2);
  await choose(page.getByRole("combobox", { name: "Verdict" }), "Passed with findings");
  await expect(page).toHaveURL(/verdict=passed-with-findings/);
  await expect(rows).toHaveCount(1);
  await expect(rows.getByRole("link").first()).toHaveAttribute("href", `/drills/${second.id}`);

  await page.getByRole("main").getByRole("link", { name: "Calendar" }).click();
  // Fifty sources are drawn at first, and other journeys add theirs.
  await page.getByRole("searchbox", { name: "Find a source" }).fill(sourceName);
  await expect(page.getByRole("list", { name: /^Drills of \d{4}$/ }).locator("> li")).toHaveCount(1);
  await page
    .getByRole("list", { name: `Drills of ${sourceName}` })
    .getByRole("link")
    .click();
  await expect(page).toHaveURL(new RegExp(`/drills\\?source=${sourceId}&from=\\d{4}-\\d\\d-\\d\\d&to=`));
  await expect(rows).toHaveCount(2);
  await page.goto(`/drills/calendar?as=table&q=${encodeURIComponent(sourceName)}`);
  const days = page.getByRole("region", { name: /^Drills of \d{4}$/ });
  await expect(days.getByRole("row").filter({ hasText: sourceName })).toHaveCount(3);
  await expect(days.getByRole("row").filter({ hasText: sourceName }).first()).toContainText("Next one due");

  await page.goto(`/drills/recovery?source=${sourceId}`);
  await expect(page.getByRole("img", { name: /^Recovery times of 2 drills/ })).toBeVisible();
  await expect(page.getByText("2 of 2 closed drills, with findings or without")).toBeVisible();
  await expect(page.getByRole("table", { name: "Recovery times" }).getByRole("row")).toHaveCount(3);
  await expect(page.getByRole("list", { name: "Last proven restore" }).getByRole("listitem")).toHaveText([new RegExp(sourceName)]);

  await page.goto(`/drills/${second.id}/report`);
  await page.getByRole("link", { name: "Compare with the one before" }).click();
  await expect(page.getByRole("columnheader").filter({ has: page.locator(`a[href="/drills/${first.id}"]`) })).toBeVisible();
  const other = page.getByRole("region", { name: "Checks" }).getByRole("row").filter({ hasText: sqlCheck });
  await expect(other).toContainText("Only in the second");
  await expect(other).toContainText("Not part of this drill");
  await expect(other).toContainText("Failed");
});

test.describe("a viewer", () => {
  test.use({ storageState: nobody });

  test("reads drills and reports, and finds nothing that starts or corrects", async ({ page, context, lifeboat }) => {
    const { first } = made();
    const viewer = await addPerson(lifeboat.dataDir, "viewer", "Rita Reader");
    await context.addCookies((await signIn(lifeboat.url, viewer.email, viewer.password)).cookies);
    await page.goto(`/drills/${first.id}/report`);
    await expect(page.getByText("Untouched", { exact: true })).toBeVisible();
    await expect(page.getByLabel("Add a correction")).toHaveCount(0);
    await page.goto("/drills");
    await expect(page.getByRole("table", { name: "History" })).toBeVisible();
    await page.getByRole("button", { name: /^Show all/ }).click();
    const due = page.getByRole("list", { name: "Due" });
    const more = page.locator("section").filter({ has: due }).getByRole("button", { name: "Load more" });
    await expect(async () => {
      if (await more.isVisible()) await more.click();
      await expect(due.getByText(sourceName)).toBeVisible({ timeout: 500 });
    }).toPass();
    await expect(page.getByRole("button", { name: /drill/i })).toHaveCount(0);
    const refused = await context.request.fetch(`/api/v1/drills/${first.id}/report/notes`, {
      method: "POST",
      headers: { Origin: lifeboat.url },
      data: { text: "no" },
    });
    expect(refused.status()).toBe(403);
  });
});
