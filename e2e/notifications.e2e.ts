import { createHmac } from "node:crypto";
import type { Page } from "playwright/test";
import { createBackup } from "#lib/contracts/backups";
import { createGate, getGate, reportGateCheck } from "#lib/contracts/gates";
import { deleteChannel, listChannels } from "#lib/contracts/notifications";
import { deleteSource, getSource } from "#lib/contracts/sources";
import { type HttpReceiver, type MailReceiver, startHttpReceiver, startMailServer } from "#lib/testing/receivers";
import type { ApiClient } from "./api-client.ts";
import { choose } from "./choose.ts";
import { dialogFaults } from "./dialog-faults.ts";
import { expect, test } from "./fixtures.ts";

const brokenName = "Till of the lighthouse";
const deployedName = "Shop of the lighthouse";
const made: string[] = [];
let mail: MailReceiver;
let receiver: HttpReceiver;

test.beforeAll(async () => {
  mail = await startMailServer();
  receiver = await startHttpReceiver();
});

test.afterAll(async () => {
  await Promise.all([mail.close(), receiver.close()]);
});

// Nobody listens afterwards, and the other journeys' verdict must not speak of what was made to fail.
test.afterEach(async ({ api }) => {
  const { items } = await api.ask(listChannels, { query: { limit: 200 } });
  for (const { id, version } of items) await api.ask(deleteChannel, { params: { id }, ifMatch: version });
  for (const id of made.splice(0)) {
    const { version } = await api.ask(getSource, { params: { id } });
    await api.ask(deleteSource, { params: { id }, query: { backups: "delete", when: "now" }, ifMatch: version });
  }
});

async function newChannel(page: Page, type: RegExp, name: string): Promise<void> {
  await page.goto("/settings/notifications");
  await page.getByRole("link", { name: "Add a channel" }).first().click();
  await page.getByRole("link", { name: type }).click();
  await page.getByLabel("Name", { exact: true }).fill(name);
}

const hasOpened = (page: Page, name: string) => expect(page.getByRole("heading", { level: 1, name })).toBeVisible();

test("a channel is added and tested; a failing backup arrives as mail and as a signed request, and stands in the log", async ({
  page,
  api,
  lifeboat,
}) => {
  const server = await api.serverNamed("Harbour server", lifeboat.shop);
  const source = await api.sourceNamed(brokenName, server.id, "there_is_no_such_lighthouse");
  made.push(source.id);

  await test.step("mail: what is missing is said, and a test message arrives", async () => {
    await newChannel(page, /^E-mail/, "Night watch");
    await page.getByRole("button", { name: "Add the channel" }).click();
    await expect(page.getByText("Fill this in.")).toHaveCount(3);
    await page.getByLabel("SMTP server").fill("127.0.0.1");
    await page.getByRole("radio", { name: "None" }).click();
    await page.getByLabel("Port").fill(String(mail.port));
    await page.getByLabel("From", { exact: true }).fill("lifeboat@example.org");
    await page.getByLabel("To", { exact: true }).fill("watch@example.org\nharbour@example.org");
    await page.getByRole("button", { name: "Add the channel" }).click();
    await hasOpened(page, "Night watch");
    await page.getByRole("button", { name: "Send a test message" }).click();
    await expect(page.getByText("The test message was delivered")).toBeVisible();
    expect(mail.mails.map(({ subject, to }) => [subject, to])).toEqual([
      [expect.stringContaining("A test from Lifeboat"), ["watch@example.org", "harbour@example.org"]],
    ]);
  });

  await test.step("a test message that is still on its way when the answer comes is followed to its end, and sent once", async () => {
    // What the answer is like where the worker is busy for ten seconds.
    await page.route("**/api/v1/channels/*/test", async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), state: "pending", sentAt: null } });
    });
    await page.reload();
    await page.getByRole("button", { name: "Send a test message" }).click();
    await expect(page.getByText("The test message was delivered")).toBeVisible();
    expect(mail.mails).toHaveLength(2);
    await page.unroute("**/api/v1/channels/*/test");
  });

  let key = "";
  await test.step("webhook: its signing key is shown once, and signs", async () => {
    await newChannel(page, /^Webhook/, "Harbour robot");
    await page.getByLabel("URL", { exact: true }).fill(`${receiver.url}/hook`);
    await page.getByRole("button", { name: "Add the channel" }).click();
    const dialog = page.getByRole("dialog", { name: "The signing key of Harbour robot" });
    key = (await dialog.getByRole("region", { name: "Signing key" }).innerText()).trim();
    expect(await dialogFaults(page, dialog)).toEqual([]);
    await dialog.getByRole("button", { name: "Done" }).click();
    await hasOpened(page, "Harbour robot");
    await page.getByRole("button", { name: "Send a test message" }).click();
    await expect(page.getByText("The receiver answered 204.")).toBeVisible();
    const [request] = receiver.requests;
    const signature = createHmac("sha256", key).update(`${String(request?.headers["lifeboat-timestamp"])}.${request?.body ?? ""}`);
    expect(request?.headers["lifeboat-signature"]).toBe(`v1=${signature.digest("hex")}`);
    await page.reload();
    await expect(page.getByText("Stored, encrypted. It is never shown again.")).toBeVisible();
    await expect(page.locator("body")).not.toContainText(key);
    await expect(page.locator("body")).not.toContainText("/hook");
  });

  await test.step("a backup that fails is told to both", async () => {
    const { id } = await api.ask(createBackup, { body: { sourceId: source.id, kind: "full" } });
    expect((await api.ended(id)).state).toBe("failed");
    await expect
      .poll(() => mail.mails.map(({ subject }) => subject))
      .toContainEqual(expect.stringContaining(`Backup of ${brokenName} failed`));
    await expect.poll(() => receiver.requests.map(({ headers }) => headers["lifeboat-event"])).toContain("alert.opened");
  });

  await test.step("the log has each message, by channel; the alert is open", async () => {
    await page.goto("/settings/notifications");
    const log = page.getByRole("table", { name: "Delivery log" });
    await expect(log.getByRole("row", { name: /Backup failed.*Night watch.*Delivered/ })).toBeVisible();
    await choose(page.getByRole("combobox", { name: "Channel", exact: true }), "Harbour robot");
    await expect(page).toHaveURL(/channel=ntc_/);
    await expect(log.getByRole("row", { name: /Backup failed.*Harbour robot.*Delivered/ })).toBeVisible();
    await expect(log.getByRole("row", { name: /Night watch/ })).toHaveCount(0);
    await page.goto("/activity/alerts?state=open");
    await expect(page.getByRole("row", { name: new RegExp(`Backup of ${brokenName} failed.*Open`) })).toBeVisible();
  });
});

test("what a receiver refused is said with its answer, and tried again from the log", async ({ page }) => {
  receiver.answer = (response) => void response.writeHead(404).end();
  await newChannel(page, /^Slack/, "Harbour chat");
  await page.getByLabel("Webhook URL").fill(`${receiver.url}/services/T/B/x`);
  await page.getByRole("button", { name: "Add the channel" }).click();
  await hasOpened(page, "Harbour chat");
  await page.getByRole("button", { name: "Send a test message" }).click();
  await expect(page.getByText("The test message was not delivered")).toBeVisible();
  await page.getByRole("link", { name: "Delivery log" }).click();
  const row = page.getByRole("table", { name: "Delivery log" }).getByRole("row", { name: /Test message.*Harbour chat/ });
  await expect(row).toContainText("Given up");
  await expect(row).toContainText("404");
  receiver.answer = (response) => void response.writeHead(200).end("ok");
  await row.getByRole("button", { name: "Try again" }).click();
  await expect(row).toContainText("Delivered");

  await test.step("a removed channel is told goodbye with what it means", async () => {
    await page
      .getByRole("table", { name: "Channels" })
      .getByRole("link", { name: /Harbour chat/ })
      .click();
    await page.getByRole("button", { name: "Remove", exact: true }).click();
    const dialog = page.getByRole("alertdialog", { name: "Remove Harbour chat?" });
    await expect(dialog.getByText("No other channel is switched on: then nobody is told.")).toBeVisible();
    expect(await dialogFaults(page, dialog)).toEqual([]);
    await dialog.getByRole("button", { name: "Remove 1 channel" }).click();
    await expect(page.getByText("Nobody is told yet")).toBeVisible();
  });
});

async function gateOf(api: ApiClient, sourceId: string, commit: string): Promise<string> {
  const body = { sourceId, commit, operator: "Keeper", check: { by: "client" as const, program: "release-check" } };
  const { id } = await api.ask(createGate, { body });
  await expect.poll(async () => (await api.ask(getGate, { params: { id } })).state).toBe("checking");
  return id;
}

test("a deployment is told on its page whether it may go on", async ({ page, api, lifeboat }) => {
  const server = await api.serverNamed("Harbour server", lifeboat.shop);
  const source = await api.sourceNamed(deployedName, server.id, "shop");
  made.push(source.id);
  const refused = await gateOf(api, source.id, "0badc0de");
  await page.goto("/activity/gates");
  await page
    .getByRole("link", { name: `Deployment of ${deployedName}` })
    .first()
    .click();
  await expect(page).toHaveURL(`/activity/gates/${refused}`);
  await expect(page.getByText("Not yet", { exact: true })).toBeVisible();
  await expect(page.getByText("Release check: running")).toBeVisible();
  await api.ask(reportGateCheck, { params: { id: refused }, body: { exitCode: 3, durationMs: 900 } });
  await expect(page.getByText("Do not deploy", { exact: true }).first()).toBeVisible();
  await expect(page.getByText("Release check: failed")).toBeVisible();
  await expect(page.getByText(/exit code 3/).first()).toBeVisible();
  await expect(page.getByText("0badc0de")).toBeVisible();
  await page.getByRole("link", { name: "Open the backup" }).click();
  await expect(page).toHaveURL(/\/backups\/bkp_/);

  await test.step("one that nobody waits for any more is given up, and may not go on", async () => {
    const left = await gateOf(api, source.id, "1ef7");
    await page.goto(`/activity/gates/${left}`);
    await page.getByRole("button", { name: "Give it up" }).click();
    const dialog = page.getByRole("alertdialog", { name: "Give this deployment up?" });
    await expect(dialog.getByText("It ends as “do not deploy”, and what it started is cancelled.")).toBeVisible();
    expect(await dialogFaults(page, dialog)).toEqual([]);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByText("Not yet", { exact: true })).toBeVisible();
    await page.getByRole("button", { name: "Give it up" }).click();
    await dialog.getByRole("button", { name: "Give it up" }).click();
    await expect(page.getByText("Do not deploy", { exact: true }).first()).toBeVisible();
    await expect(page.getByRole("button", { name: "Give it up" })).toHaveCount(0);
    expect(await api.ask(getGate, { params: { id: left } })).toMatchObject({ mayDeploy: false, state: "failed" });
  });

  const passed = await gateOf(api, source.id, "c0ffee");
  await api.ask(reportGateCheck, { params: { id: passed }, body: { exitCode: 0, durationMs: 900 } });
  await page.goto(`/activity/gates?source=${source.id}`);
  await expect(page.getByRole("row", { name: /c0ffee/ })).toContainText("May deploy");
  await expect(page.getByRole("row", { name: /0badc0de/ })).toContainText("Do not deploy");
});
