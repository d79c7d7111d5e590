import type { Page } from "playwright/test";
import { formatMinute } from "#lib/format/time";
import english from "#messages/en" with { type: "json" };
import spanish from "#messages/es" with { type: "json" };
import { addPerson } from "./catalogue.ts";
import { anyBackup } from "./any-backup.ts";
import { choose } from "./choose.ts";
import { expect, nobody, test } from "./fixtures.ts";
import { holdScripts } from "./hold-scripts.ts";
import { signIn } from "./sign-in.ts";

type Messages = { [key: string]: string | Messages };

function leaves(messages: Messages): string[] {
  return Object.values(messages).flatMap((value) => (typeof value === "string" ? [value] : leaves(value)));
}

/** English texts without parameters that are no Spanish text as well: none of them may stand on a Spanish page. */
function englishOnly(): Set<string> {
  const known = new Set(leaves(spanish));
  return new Set(leaves(english).filter((text) => !/[{<]/.test(text) && text.length > 3 && !known.has(text)));
}

/** What a person reads: texts, and the names of what has none. */
function shownTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts: string[] = [];
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode())
      if (!["SCRIPT", "STYLE"].includes(node.parentElement?.tagName ?? "")) texts.push(node.textContent?.trim() ?? "");
    for (const element of document.querySelectorAll("[aria-label],[placeholder],[title]"))
      for (const name of ["aria-label", "placeholder", "title"]) texts.push(element.getAttribute(name) ?? "");
    return texts.filter((text) => text !== "");
  });
}

test.use({ storageState: nobody });

test.beforeEach(async ({ context, lifeboat }, testInfo) => {
  // Somebody of their own for each test: preferences belong to the person, and other journeys read English.
  const person = await addPerson(lifeboat.dataDir, "admin", `Person ${testInfo.testId.slice(-6)}`);
  await context.addCookies((await signIn(lifeboat.url, person.email, person.password)).cookies);
});

test("the profile turns every page Spanish, without leftovers", async ({ page, api, allowTrouble }) => {
  allowTrouble(/^404 GET .*\/nothing-here$/);
  await page.goto("/settings/profile");
  await choose(page.getByLabel("Language"), "Español");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "es");
  await expect(page.getByRole("heading", { level: 1, name: spanish.settings.title })).toBeVisible();

  const leftovers = englishOnly();
  expect(leftovers.size).toBeGreaterThan(300);
  const backup = await anyBackup(api);
  const headings: Record<string, string | undefined> = {
    "/": undefined,
    "/sources": spanish.sources.title,
    "/backups": spanish.backups.title,
    "/restores": spanish.restores.title,
    "/activity": spanish.activity.title,
    "/activity/audit": spanish.activity.title,
    "/settings": spanish.settings.title,
    "/settings/servers": undefined,
    "/settings/servers/new": spanish.servers.new.title,
    [`/sources/${backup.sourceId}`]: undefined,
    [`/sources/${backup.sourceId}?tab=settings`]: undefined,
    [`/backups/${backup.id}`]: undefined,
    [`/backups/${backup.id}?tab=files`]: undefined,
    [`/runs/${backup.runId}`]: undefined,
    [`/restores/new?backup=${backup.id}`]: spanish.restores.new.title,
    "/nothing-here": undefined,
    "/settings/people": spanish.settings.title,
    "/settings/tokens": spanish.settings.title,
    "/settings/profile": spanish.settings.title,
    "/start": spanish.setup.guide.title,
    [`/sources/${backup.sourceId}?tab=policy`]: undefined,
    [`/sources/${backup.sourceId}?tab=fingerprint`]: undefined,
    "/calendar": spanish.calendar.title,
    "/policies": spanish.policies.title,
    "/policies/schedules": undefined,
    "/trash": spanish.trash.title,
    "/activity/alerts": spanish.activity.title,
    "/activity/gates": spanish.activity.title,
    "/settings/notifications": spanish.settings.title,
    "/settings/notifications/new": undefined,
    "/settings/integrations": spanish.settings.title,
  };
  for (const [path, heading] of Object.entries(headings)) {
    await page.goto(path);
    await expect(page.locator("html")).toHaveAttribute("lang", "es");
    await expect(page.getByRole("heading", { level: 1, ...(heading === undefined ? {} : { name: heading }) })).toBeVisible();
    await expect(page.getByRole("status", { name: spanish.common.loading })).toHaveCount(0);
    expect([path, (await shownTexts(page)).filter((text) => leftovers.has(text))]).toEqual([path, []]);
  }
});

test("times are shown in the browser's zone at once, and in the profile's when it names one", async ({ page, api }) => {
  const backup = await anyBackup(api);
  const titleIn = (timeZone: string) => formatMinute(backup.snapshotAt, { locale: "en", timeZone });
  const asked: string[] = [];
  page.on("request", (request) => {
    if (new URL(request.url()).pathname === `/backups/${backup.id}`) asked.push(request.url());
  });
  await page.goto(`/backups/${backup.id}`);
  await expect(page.getByRole("heading", { level: 1, name: titleIn("Europe/Madrid") })).toBeVisible();
  // A browser whose zone the server did not know yet shows its times without asking for the page a second time.
  expect(asked).toHaveLength(1);

  await page.goto("/settings/profile");
  await page.getByLabel("Time zone").fill("Asia/Kathmandu");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Your preferences are saved")).toBeVisible();
  await page.goto(`/backups/${backup.id}`);
  await expect(page.getByRole("heading", { level: 1, name: titleIn("Asia/Kathmandu") })).toBeVisible();
  expect(titleIn("Asia/Kathmandu")).toContain("UTC+05:45");

  await page.goto("/settings/profile");
  await page.getByLabel("Time zone").fill("Mars/Olympus");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("There is no such time zone.", { exact: false })).toBeVisible();
});

for (const { kind, path, field, isKnown } of [
  {
    kind: "a text",
    path: "/settings/profile",
    field: (page: Page) => page.getByLabel("Time zone"),
    isKnown: (page: Page) => expect(page.getByText("There is no such time zone.", { exact: false })).toBeVisible(),
  },
  {
    kind: "a long text",
    path: "/reports/verify",
    field: (page: Page) => page.locator("textarea"),
    isKnown: (page: Page) => expect(page.getByRole("button", { name: "Check the text" })).toBeEnabled(),
  },
  {
    kind: "a search",
    path: "/backups",
    field: (page: Page) => page.getByRole("searchbox", { name: "Find by source, label, note or reason" }),
    isKnown: (page: Page) => expect(page).toHaveURL(/[?&]q=Nowhere/),
  },
]) {
  test(`${kind} that was typed before the page's scripts had come is known to the page`, async ({ page }) => {
    const release = await holdScripts(page);
    await page.goto(path, { waitUntil: "commit" });
    await field(page).fill("Nowhere");
    release();
    await isKnown(page);
    await expect(field(page)).toHaveValue("Nowhere");
  });
}

test("the chosen theme stays, on this browser and on another", async ({ page, browser, context, baseURL }) => {
  const darkness = (at: Page) => at.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto("/");
  const light = await darkness(page);
  await page.getByRole("button", { name: /^Person / }).click();
  await Promise.all([
    page.waitForResponse((answer) => answer.url().endsWith("/api/v1/me") && answer.request().method() === "PATCH"),
    page.getByRole("menuitem", { name: "Dark" }).click(),
  ]);
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect.poll(() => darkness(page)).not.toBe(light);
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  expect(await darkness(page)).not.toBe(light);

  const session = (await context.cookies()).filter(({ name }) => name.includes("session"));
  expect(session).toHaveLength(1);
  const other = await browser.newContext({ baseURL: baseURL ?? "", storageState: { cookies: session, origins: [] } });
  const elsewhere = await other.newPage();
  await elsewhere.goto("/");
  await expect(elsewhere.locator("html")).toHaveAttribute("data-theme", "dark");
  await other.close();
});
