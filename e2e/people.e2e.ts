import { readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright/test";
import { addPerson } from "./catalogue.ts";
import { choose } from "./choose.ts";
import { expect, nobody, test } from "./fixtures.ts";
import { signIn } from "./sign-in.ts";

const password = "a ship in harbour is safe";

/** Somebody at another computer. */
async function elsewhere(browser: Browser, baseURL: string): Promise<Page> {
  const context = await browser.newContext({ baseURL, storageState: nobody, locale: "en-GB", timezoneId: "Europe/Madrid" });
  return context.newPage();
}

async function fillSignIn(page: Page, email: string, secret: string): Promise<void> {
  // Until its scripts are there the form takes nothing.
  await expect(page.getByRole("button", { name: "Sign in" })).toBeEnabled();
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(secret);
  await page.getByRole("button", { name: "Sign in" }).click();
}

test("an invitation becomes a viewer, then an admin, then nobody: each at once", async ({ page, browser, lifeboat }) => {
  const name = `Vera ${Date.now()}`;
  const email = `vera-${Date.now()}@example.org`;
  const link = await test.step("an admin invites and gets a link that is shown once", async () => {
    await page.goto("/settings");
    await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "People" }).click();
    await page.getByRole("button", { name: "Invite a person" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Make the link" }).click();
    await expect(dialog.getByText("Enter a name")).toBeVisible();
    await dialog.getByLabel("Name", { exact: true }).fill(name);
    await dialog.getByLabel("E-mail address").fill(email);
    await expect(dialog.getByRole("radio", { name: "Viewer" })).toBeChecked();
    await dialog.getByRole("button", { name: "Make the link" }).click();
    const shown = await dialog.getByRole("region", { name: "One-time link" }).innerText();
    await expect(dialog.getByText(/It works once, until \d+ \w+ \d{4}/)).toBeVisible();
    // A slip beside the dialog does not lose it.
    await page.mouse.click(5, 5);
    await dialog.getByRole("button", { name: "Done" }).click();
    await expect(dialog).toBeHidden();
    expect(await page.content()).not.toContain(shown.split("#")[1] ?? shown);
    return shown.trim();
  });
  expect(link.startsWith(`${lifeboat.url}/link#`)).toBe(true);

  const visitor = await elsewhere(browser, lifeboat.url);
  const asked: string[] = [];
  visitor.on("request", (request) => asked.push(request.url(), request.headers()["referer"] ?? ""));

  await test.step("the link leads to a password and to the sign-in page; its token stays out of every address", async () => {
    await visitor.goto(link);
    await expect(visitor.getByRole("heading", { name: `Welcome, ${name}` })).toBeVisible();
    await expect(visitor.getByText(email)).toBeVisible();
    await visitor.getByLabel("Password", { exact: true }).fill("too short");
    await visitor.getByRole("button", { name: "Set the password" }).click();
    await expect(visitor.getByText("Use at least 12 characters; there are 9")).toBeVisible();
    await visitor.getByLabel("Password", { exact: true }).fill(password);
    await visitor.getByRole("button", { name: "Set the password" }).click();
    await expect(visitor.getByText("The password is set")).toBeVisible();
    await expect(visitor).toHaveURL(`${lifeboat.url}/link`);
    await visitor.getByRole("button", { name: "Go to sign in" }).click();
    await fillSignIn(visitor, email, password);
    await expect(visitor.getByRole("table", { name: "Sources" })).toBeVisible();
    const token = link.split("#")[1] ?? "";
    expect(token.length).toBeGreaterThan(20);
    expect(asked.filter((url) => url.includes(token) && !url.startsWith(link))).toEqual([]);
    const late = await visitor.context().newPage();
    await late.goto(link);
    await expect(late.getByText("The link is wrong, used or too old")).toBeVisible();
    await late.close();
  });

  await test.step("a viewer sees nothing to manage, is told so, and is refused by the API", async () => {
    await expect(visitor.getByRole("button", { name: /Back up now/ })).toHaveCount(0);
    await visitor.goto("/settings/people");
    await expect(visitor.getByText("Only admins see who has access")).toBeVisible();
    await expect(visitor.getByRole("button", { name: "Invite a person" })).toHaveCount(0);
    const tabs = visitor.getByRole("navigation", { name: "Settings" }).getByRole("link");
    await expect(tabs).toHaveText(["Servers and tools", "Servers", "Storage", "Integrations", "Profile"]);
    await visitor.goto("/settings/tokens");
    await expect(visitor.getByText("Only admins see API tokens")).toBeVisible();
    for (const path of ["/api/v1/users", "/api/v1/tokens"]) expect((await visitor.request.get(path)).status()).toBe(403);
    const refused = await visitor.request.post("/api/v1/users", {
      headers: { Origin: lifeboat.url },
      data: { email: "x@example.org", name: "x", role: "admin" },
    });
    expect(refused.status()).toBe(403);
  });

  await test.step("made an admin, the next page shows it", async () => {
    await page.getByRole("searchbox", { name: "Name or e-mail address" }).fill(email);
    await expect(page).toHaveURL(/[?&]q=vera/);
    const row = page.getByRole("row").filter({ hasText: email });
    await expect(row.getByText("Active")).toBeVisible();
    await row.getByRole("link").click();
    await page.getByRole("radio", { name: "Admin" }).check();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page.getByText(`${name} is changed`)).toBeVisible();
    await visitor.goto("/settings/people");
    await expect(visitor.getByRole("button", { name: "Invite a person" })).toBeVisible();
  });

  await test.step("disabling names what it ends, and ends it at once", async () => {
    // An open page of a session that has ended goes to the sign-in by itself, and would break off where it is sent.
    await visitor.goto("about:blank");
    await page.reload();
    await page.getByRole("button", { name: "Disable" }).click();
    const dialog = page.getByRole("alertdialog");
    await expect(dialog.getByText("Ends 1 session", { exact: true })).toBeVisible();
    await dialog.getByRole("button", { name: "Disable, end 1 session" }).click();
    await expect(page.getByText(`${name} is disabled`)).toBeVisible();
    expect((await visitor.request.get("/api/v1/me")).status()).toBe(401);
    await visitor.goto("/");
    await fillSignIn(visitor, email, password);
    await expect(visitor.getByText("E-mail address and password do not match")).toBeVisible();
    await expect(page.getByText("Give access again first")).toBeVisible();
  });
  await visitor.context().close();
});

test("nobody takes away their own access, and the page says why", async ({ page, lifeboat, api }) => {
  expect(api.token).not.toBe("");
  await page.goto("/settings/people");
  await page.getByRole("row").filter({ hasText: lifeboat.adminEmail }).getByRole("link").click();
  await expect(page.getByRole("button", { name: "Disable" })).toBeDisabled();
  await expect(page.getByText(/Nobody disables themselves|This is the only active admin/)).toBeVisible();
  await expect(page.getByRole("radio", { name: "Viewer" })).toBeDisabled();
});

test("a token is shown once, does what its scopes say, tells its last use, and ends when it is revoked", async ({ page, lifeboat }) => {
  const name = `deploy ${Date.now()}`;
  await page.goto("/settings/tokens");
  await page.getByRole("button", { name: "Make a token" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByRole("radio", { name: "Choose one by one" }).check();
  await dialog.getByRole("checkbox", { name: "Verify" }).check();
  await dialog.getByRole("radio", { name: "Before a deployment: back up" }).check();
  await expect(dialog.getByText("sources:read, backups:read, backups:create, runs:read, gates:read, gates:create")).toBeVisible();
  await dialog.getByRole("radio", { name: "Never ends" }).check();
  await expect(dialog.getByText("A token that never ends is found by somebody one day")).toBeVisible();
  await dialog.getByRole("radio", { name: "30 days" }).check();
  await dialog.getByRole("button", { name: "Make the token" }).click();
  const secret = (await dialog.getByRole("region", { name: "Value of the token" }).innerText()).trim();
  await expect(dialog.getByRole("region", { name: "To try it" })).toContainText("/api/v1/backups");
  await dialog.getByRole("button", { name: "Done" }).click();
  expect(await page.content()).not.toContain(secret);

  const ask = (path: string) => fetch(`${lifeboat.url}/api/v1${path}`, { headers: { Authorization: `Bearer ${secret}` } });
  expect((await ask("/sources")).status).toBe(200);
  expect((await ask("/servers")).status).toBe(403);
  expect((await ask("/tokens")).status).toBe(403);

  await page.reload();
  const row = page.getByRole("row").filter({ hasText: name });
  await expect(row.getByText("6 scopes")).toBeVisible();
  await expect(row.getByText("127.0.0.1")).toBeVisible();
  await row.getByRole("button", { name: `Revoke ${name}` }).click();
  const confirm = page.getByRole("alertdialog");
  await expect(confirm.getByText(/^Last used (just now|\d+ (second|minute)s? ago) from 127\.0\.0\.1\.$/)).toBeVisible();
  await confirm.getByRole("button", { name: "Revoke 1 token" }).click();
  await expect(row.getByText("Revoked", { exact: true })).toBeVisible();
  await expect(row.getByRole("button", { name: /Revoke/ })).toHaveCount(0);
  expect((await ask("/sources")).status).toBe(401);
});

test.describe("one's own account", () => {
  test.use({ storageState: nobody });

  test("a new password ends the other sessions and keeps this one; one session is ended by itself", async ({
    page,
    context,
    lifeboat,
    allowTrouble,
  }) => {
    allowTrouble(/^400 POST .*\/api\/v1\/me\/password/);
    const person = await addPerson(lifeboat.dataDir, "viewer", "Paz Word");
    await context.addCookies((await signIn(lifeboat.url, person.email, person.password)).cookies);
    const cookieOf = async () =>
      (await signIn(lifeboat.url, person.email, person.password)).cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
    const [first, second] = [await cookieOf(), await cookieOf()];
    const statusOf = async (cookie: string) => (await fetch(`${lifeboat.url}/api/v1/me`, { headers: { cookie } })).status;
    expect([await statusOf(first), await statusOf(second)]).toEqual([200, 200]);

    await page.goto("/settings/profile");
    const sessions = page.getByRole("list", { name: "Where you are signed in" }).getByRole("listitem");
    await expect(sessions).toHaveCount(3);
    await expect(sessions.filter({ hasText: "This one" })).toHaveCount(1);
    await sessions.filter({ hasNotText: "This one" }).first().getByRole("button", { name: /^End/ }).click();
    await expect(sessions).toHaveCount(2);
    expect([await statusOf(first), await statusOf(second)]).toEqual(expect.arrayContaining([200, 401]));

    await page.getByLabel("Current password").fill("not the password");
    await page.getByLabel("New password").fill(password);
    await page.getByRole("button", { name: "Change the password" }).click();
    await expect(page.getByText("The current password is not right")).toBeVisible();
    await page.getByLabel("Current password").fill(person.password);
    await page.getByRole("button", { name: "Change the password" }).click();
    await expect(page.getByText("1 other session has ended.")).toBeVisible();
    await expect(sessions).toHaveCount(1);
    expect([await statusOf(first), await statusOf(second)]).toEqual([401, 401]);
    expect((await page.request.get("/api/v1/me")).status()).toBe(200);
    expect((await signIn(lifeboat.url, person.email, password)).cookies.length).toBeGreaterThan(0);
  });
});

test("the audit log is filtered by who, what, on what and days, and exported as it is filtered", async ({ page }) => {
  const name = `Ledger of ${Date.now()}`;
  await page.goto("/settings/people");
  const today = () => page.evaluate(() => new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Madrid" }).format(new Date()));
  // Midnight may be between the two.
  const invitedFrom = await today();
  await page.getByRole("button", { name: "Invite a person" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill(name);
  await dialog.getByLabel("E-mail address").fill(`ledger-${Date.now()}@example.org`);
  await dialog.getByRole("button", { name: "Make the link" }).click();
  await dialog.getByRole("button", { name: "Done" }).click();

  const filter = (name: string) => page.getByRole("combobox", { name, exact: true });
  await page.goto("/activity/audit");
  await choose(filter("Who"), "You");
  await choose(filter("What"), "Invited a person");
  await choose(filter("On"), "People");
  await choose(filter("When"), "From … to …");
  await page.getByLabel("From day").fill(invitedFrom);
  await page.getByLabel("To day").fill(await today());
  for (const part of [/actor=usr_/, /action=user\.invite/, /target=user/, /since=range/, /from=\d/, /to=\d/])
    await expect(page).toHaveURL(part);
  const row = page.getByRole("row").filter({ hasText: name });
  await expect(row).toBeVisible();
  await row.getByRole("button", { name: "Show details" }).click();
  const changes = page.getByRole("region", { name: "Changes" });
  await expect(changes.getByRole("columnheader")).toHaveText(["Field", "Before", "After"]);
  await expect(changes.getByRole("row").filter({ hasText: "role" })).toContainText("viewer");

  await page.getByRole("searchbox").fill(name);
  await expect(page.getByText("1 of 1")).toBeVisible();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Export CSV" }).click()]);
  expect(download.suggestedFilename()).toMatch(/^lifeboat-audit_\d{8}T\d{6}Z\.csv$/);
  const lines = (await readFile(await download.path(), "utf8")).trimEnd().split(/\r?\n/);
  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain("action");
  expect(lines[1]).toContain("user.invite");
  expect(lines[1]).toContain(name);
});
