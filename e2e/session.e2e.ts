import { getSource, updateSource } from "#lib/contracts/sources";
import { anyBackup } from "./any-backup.ts";
import { addPerson, disablePerson } from "./catalogue.ts";
import { expect, listening, nobody, test } from "./fixtures.ts";
import { holdScripts } from "./hold-scripts.ts";

test.describe("signing in and out", () => {
  test.use({ storageState: nobody });

  test("a wrong password is refused, the right one leads where one wanted to go, and signing out ends it", async ({
    page,
    lifeboat,
    allowTrouble,
  }) => {
    allowTrouble(/^401 POST .*\/api\/auth\/callback\/credentials/);
    // What the list asked may be on its way still when the session ends.
    allowTrouble(/^401 GET .*\/api\/v1\//);
    const person = await addPerson(lifeboat.dataDir, "admin", "Ada Session");
    await page.goto("/backups?sort=snapshotAt");
    await expect(page).toHaveURL(/\/sign-in\?/);
    await page.getByLabel("E-mail address").fill(person.email);
    await page.getByLabel("Password", { exact: true }).fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByText("E-mail address and password do not match")).toBeVisible();

    await page.getByLabel("Password", { exact: true }).fill(person.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Backups" })).toBeVisible();
    await expect(page).toHaveURL(/\/backups\?sort=snapshotAt$/);

    await listening(page);
    await page.getByRole("button", { name: /Ada Session/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
    await page.goto("/");
    await expect(page).toHaveURL(/\/sign-in/);
  });

  test("what is filled in before the page's scripts have come is what is sent", async ({ page, lifeboat }) => {
    const person = await addPerson(lifeboat.dataDir, "admin", "Early Bird");
    const release = await holdScripts(page);
    await page.goto("/sign-in?to=/backups", { waitUntil: "commit" });
    await page.getByLabel("E-mail address").fill(person.email);
    await page.getByLabel("Password", { exact: true }).fill(person.password);
    await expect(page.getByRole("button", { name: "Sign in" })).toBeDisabled();

    release();
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Backups" })).toBeVisible();
  });

  test("disabling an account ends its session at once, and an open page goes to the sign-in by itself", async ({
    page,
    context,
    lifeboat,
    allowTrouble,
  }) => {
    allowTrouble(/^401 GET /);
    const person = await addPerson(lifeboat.dataDir, "admin", "Soon Disabled");
    await page.goto("/sign-in");
    await page.getByLabel("E-mail address").fill(person.email);
    await page.getByLabel("Password", { exact: true }).fill(person.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("link", { name: "Overview" })).toHaveAttribute("aria-current", "page");
    await disablePerson(lifeboat.dataDir, person.id);
    expect((await page.request.get("/api/v1/sources")).status()).toBe(401);
    // In a page of its own: the open one leaves by itself with its next question, which would break off where it is sent.
    const another = await context.newPage();
    await another.goto("/settings");
    await expect(another.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
    await expect(page.getByText("You have been signed out")).toBeVisible();
  });
});

test.describe("before the page's scripts have come", () => {
  test("what is changed in a long text that the server had filled is what is saved", async ({ page, api }) => {
    const { sourceId: id } = await anyBackup(api);
    const { notes: before, version } = await api.ask(getSource, { params: { id } });
    const { version: filled } = await api.ask(updateSource, { params: { id }, body: { notes: "As it was." }, ifMatch: version });
    const release = await holdScripts(page);
    await page.goto(`/sources/${id}?tab=settings`, { waitUntil: "commit" });
    const notes = page.getByRole("textbox", { name: /^Notes/ });
    await expect(notes).toHaveValue("As it was.");
    await notes.fill("As somebody\nwould have it.");
    release();
    await listening(page);
    await expect(notes).toHaveValue("As somebody\nwould have it.");
    await page.getByRole("button", { name: "Save" }).click();
    const saved = () => api.ask(getSource, { params: { id } });
    await expect.poll(async () => (await saved()).notes).toBe("As somebody\nwould have it.");
    await api.ask(updateSource, { params: { id }, body: { notes: before }, ifMatch: filled + 1 });
  });
});
