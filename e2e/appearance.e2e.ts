import type { Page } from "playwright/test";
import type { BackupDto } from "#lib/contracts/backups";
import { getDrill, startDrill } from "#lib/contracts/drills";
import { openIncident } from "#lib/contracts/incidents";
import { inviteUser, listUsers } from "#lib/contracts/people";
import { createRestore } from "#lib/contracts/restores";
import { getSource } from "#lib/contracts/sources";
import { timeZoneCookie } from "#lib/i18n/negotiate";
import { anyBackup } from "./any-backup.ts";
import type { ApiClient } from "./api-client.ts";
import { violationsOf } from "./axe.ts";
import { expect, looking, nobody, test } from "./fixtures.ts";

// A recorded trace copies the page at each of axe's many questions.
test.use({ trace: "off", contextOptions: { reducedMotion: "reduce" } });
// They only look: whichever worker is free takes the next one.
test.describe.configure({ mode: "parallel" });

type Size = { width: number; height: number };
const sizes: Size[] = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];

/** Half-way through its fade, or between two themes, a text has half its contrast: a frame is drawn, and nothing moves any more. */
async function still(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  await expect.poll(() => page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === "running").length)).toBe(0);
}

/**
 * What axe finds, and what is wider than the screen: on a desk and in a hand. Everything in the light theme; in the dark one, which changes colours
 * alone, the contrast.
 */
async function faultsOf(page: Page, options: { at?: Size; without?: string[] } = {}): Promise<string[]> {
  const faults: string[] = [];
  for (const size of options.at === undefined ? sizes : [options.at]) {
    await page.setViewportSize(size);
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    // A chart measures its new width a frame later; what stays too wide is a fault.
    await expect
      .poll(overflow, { timeout: 10_000 })
      .toBeLessThanOrEqual(0)
      .catch(async () => {
        const px = await overflow();
        if (px > 0) faults.push(`${size.width}: ${px} px wider than the screen`);
      });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await still(page);
      const asked = { without: options.without ?? [], ...(colorScheme === "dark" ? { rules: ["color-contrast"] } : {}) };
      for (const { id, html } of await violationsOf(page, asked)) faults.push(`${size.width} ${colorScheme} ${id}: ${html.join(" | ")}`);
    }
  }
  return faults;
}

async function settled(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0);
}

/** A browser that comes for the first time tells its time zone, and the page is drawn again while it is measured: this one is known. */
async function knowTimeZone(page: Page, url: string): Promise<void> {
  await page.context().addCookies([{ name: timeZoneCookie, value: "Europe%2FMadrid", url }]);
}

/** Ids for the addresses below, of what the sample brings and one restore of it. */
type Things = {
  backup: string;
  chain: string;
  source: string;
  server: string;
  run: string;
  restore: string;
  person: string;
  incident: string;
  drill: string;
};
let things: Things | null = null;

/** A drill of the backup that went through by itself, with its report. */
async function anyDrill(api: ApiClient, { id: backupId, sourceId }: BackupDto): Promise<string> {
  const { id } = await api.ask(startDrill, { body: { sourceId, backupId, unattended: true } });
  await expect.poll(async () => (await api.ask(getDrill, { params: { id } })).state).toBe("closed");
  return id;
}

async function findThings(api: ApiClient): Promise<Things> {
  const backup = await anyBackup(api);
  const { serverId } = await api.ask(getSource, { params: { id: backup.sourceId } });
  if (serverId === null) throw new Error("the sample is not on a server");
  const body = { backupId: backup.id, serverId, database: `looks_${Date.now()}`, owners: "none" as const };
  const { run, restoreId } = await api.ask(createRestore, { body });
  await api.ended(run.id);
  const [person] = (await api.ask(listUsers, { query: { limit: 1 } })).items;
  const incident = { title: "The shop was away for an hour", severity: "high" as const, sourceId: backup.sourceId, runId: run.id };
  return {
    drill: await anyDrill(api, backup),
    incident: (await api.ask(openIncident, { body: incident })).id,
    backup: backup.id,
    chain: backup.chainId,
    source: backup.sourceId,
    server: serverId,
    run: run.id,
    restore: restoreId,
    person: person?.id ?? "",
  };
}

const pages: Record<string, (things: Things) => string> = {
  overview: () => "/",
  sources: () => "/sources",
  source: ({ source }) => `/sources/${source}`,
  "source, points as a table": ({ source }) => `/sources/${source}?view=table&range=all`,
  "source, backups": ({ source }) => `/sources/${source}?tab=backups`,
  "source, drill": ({ source }) => `/sources/${source}?tab=drill`,
  "source, settings": ({ source }) => `/sources/${source}?tab=settings`,
  "new source": () => "/sources/new",
  "new source, file": () => "/sources/new?engine=sqlite",
  imports: () => "/imports",
  "new import": () => "/imports/new",
  backups: () => "/backups",
  backup: ({ backup }) => `/backups/${backup}`,
  "backup, tables": ({ backup }) => `/backups/${backup}?tab=tables`,
  "backup, validations": ({ backup }) => `/backups/${backup}?tab=validations`,
  "backup, files": ({ backup }) => `/backups/${backup}?tab=files`,
  chain: ({ chain }) => `/chains/${chain}`,
  run: ({ run }) => `/runs/${run}`,
  wizard: ({ backup }) => `/restores/new?backup=${backup}`,
  "wizard to a date": ({ source }) => `/restores/new?source=${source}&at=${new Date().toISOString()}`,
  restores: () => "/restores",
  restore: ({ restore }) => `/restores/${restore}`,
  drills: () => "/drills",
  "drills, calendar": () => "/drills/calendar",
  "drills, calendar as a table": () => "/drills/calendar?as=table",
  "drills, recovery times": () => "/drills/recovery",
  "drills, compared": ({ drill }) => `/drills/compare?left=${drill}&right=${drill}`,
  drill: ({ drill }) => `/drills/${drill}`,
  "drill, prepare": ({ drill }) => `/drills/${drill}?step=prepare`,
  "drill, validate": ({ drill }) => `/drills/${drill}?step=validate`,
  "drill, report": ({ drill }) => `/drills/${drill}/report`,
  "check a report": () => "/reports/verify",
  activity: () => "/activity",
  incidents: () => "/activity/incidents",
  incident: ({ incident }) => `/incidents/${incident}`,
  integrity: () => "/activity/integrity",
  audit: () => "/activity/audit?since=range",
  settings: () => "/settings",
  storage: () => "/settings/storage",
  profile: () => "/settings/profile",
  people: () => "/settings/people",
  person: ({ person }) => `/settings/people/${person}`,
  tokens: () => "/settings/tokens",
  servers: () => "/settings/servers",
  server: ({ server }) => `/settings/servers/${server}`,
  "new server": () => "/settings/servers/new",
  databases: ({ server }) => `/settings/servers/${server}/databases`,
  guide: () => "/start",
  "source policy": ({ source }) => `/sources/${source}?tab=policy`,
  calendar: () => "/calendar",
  policies: () => "/policies",
  schedules: () => "/policies/schedules",
  trash: () => "/trash",
  "source fingerprint": ({ source }) => `/sources/${source}?tab=fingerprint`,
  alerts: () => "/activity/alerts",
  deployments: () => "/activity/gates",
  notifications: () => "/settings/notifications",
  "new channel": () => "/settings/notifications/new",
  "new channel, e-mail": () => "/settings/notifications/new?type=email",
  integrations: () => "/settings/integrations",
  missing: () => "/nope",
};

for (const [name, path] of Object.entries(pages)) {
  looking(
    `${name}: accessible and not wider than the screen, in both themes, without trouble in the console`,
    async ({ page, api, lifeboat, allowTrouble }) => {
      allowTrouble(/^404 GET .*\/nope$/);
      things ??= await findThings(api);
      await knowTimeZone(page, lifeboat.url);
      await page.goto(path(things));
      await settled(page);
      expect(await faultsOf(page)).toEqual([]);
    },
  );
}

looking("dialogs and menus are accessible, too", async ({ page, api, lifeboat }) => {
  const backup = await anyBackup(api);
  await knowTimeZone(page, lifeboat.url);
  await page.goto(`/backups/${backup.id}`);
  for (const at of sizes) {
    await page.setViewportSize(at);
    await page.getByRole("button", { name: "More actions" }).click();
    await expect(page.getByRole("menuitem", { name: "Delete" })).toBeVisible();
    // A menu stands at the end of the body, outside every landmark, and that is right for it.
    expect.soft(["menu", await faultsOf(page, { at, without: ["region"] })]).toEqual(["menu", []]);
    await page.keyboard.press("Escape");
  }
  await page.setViewportSize(sizes[0] ?? { width: 1440, height: 900 });
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await expect(page.getByRole("alertdialog").getByText(/stay until it is removed for good/)).toBeVisible();
  expect.soft(["delete", await faultsOf(page)]).toEqual(["delete", []]);
  await page.keyboard.press("Escape");
  await page.goto(`/sources/${backup.sourceId}`);
  await page.getByRole("button", { name: "Back up now" }).first().click();
  await expect(page.getByRole("dialog")).toBeVisible();
  expect.soft(["back up", await faultsOf(page)]).toEqual(["back up", []]);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("option").first()).toBeVisible();
  expect.soft(["commands", await faultsOf(page)]).toEqual(["commands", []]);
});

looking("the dialog that invites a person is accessible", async ({ page, lifeboat }) => {
  await knowTimeZone(page, lifeboat.url);
  await page.goto("/settings/people");
  await page.getByRole("button", { name: "Invite a person" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  expect(await faultsOf(page)).toEqual([]);
});

looking("the dialogs that open an incident and waive an item are accessible", async ({ page, api, lifeboat }) => {
  things ??= await findThings(api);
  await knowTimeZone(page, lifeboat.url);
  await page.goto("/activity/incidents");
  await page.getByRole("button", { name: "Open an incident" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  expect.soft(["open", await faultsOf(page)]).toEqual(["open", []]);
  await page.goto(`/incidents/${things.incident}`);
  await page.getByRole("button", { name: "Waive: Service working" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  expect(await faultsOf(page)).toEqual([]);
});

looking("the dialog that makes a token is accessible", async ({ page, lifeboat }) => {
  await knowTimeZone(page, lifeboat.url);
  await page.goto("/settings/tokens");
  await page.getByRole("button", { name: "Make a token" }).click();
  await page.getByRole("radio", { name: "Choose one by one" }).check();
  await page.getByRole("radio", { name: "Never ends" }).check();
  expect(await faultsOf(page)).toEqual([]);
});

test.describe("before signing in", () => {
  test.use({ storageState: nobody });

  test("the page of one-time links is accessible and fits, with a link and without", async ({ page, api, lifeboat }) => {
    await knowTimeZone(page, lifeboat.url);
    await page.goto("/link");
    await expect(page.getByText("This page needs the whole link")).toBeVisible();
    expect(await faultsOf(page, { at: sizes[1] })).toEqual([]);
    const body = { email: `looks-${Date.now()}@example.org`, name: "Looks", role: "viewer" as const };
    await page.goto((await api.ask(inviteUser, { body })).link.path);
    await page.reload();
    await expect(page.getByRole("heading", { name: "Welcome, Looks" })).toBeVisible();
    expect(await faultsOf(page)).toEqual([]);
  });

  test("the sign-in page is accessible and fits", async ({ page }) => {
    await page.goto("/sign-in");
    await settled(page);
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByText("Enter your e-mail address")).toBeVisible();
    expect(await faultsOf(page)).toEqual([]);
  });
});
