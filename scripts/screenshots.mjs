/**
 * Takes docs/images/overview.png for the README: the overview at 1440 px in the light theme.
 *
 *   node scripts/node24.mjs -- scripts/screenshots.mjs
 *
 * Starts what the browser journeys start (a Lifeboat with the sample, and a PostgreSQL server with a shop), protects the shop, backs it
 * up and verifies it, so that the sentence on top is true, and stops everything again. Needs what the journeys need.
 */
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright/test";
import { verifyBackup } from "../lib/contracts/backups.ts";
import { createSource } from "../lib/contracts/sources.ts";
import { apiClient } from "../e2e/api-client.ts";
import { startSurroundings } from "../e2e/start-surroundings.ts";
import playwrightConfig from "../playwright.config.ts";

const folder = fileURLToPath(new URL("../docs/images/", import.meta.url));
const databases = [
  ["Shop", "shop", "production"],
  ["Ledger", "ledger", "production"],
];
const largestBytes = 300 * 1024;

const { started, stop } = await startSurroundings();
try {
  const api = apiClient(started.url, started.token);
  const server = await api.serverNamed("db-1.harbour.example", started.shop);
  for (const [name, database, environment] of databases) {
    const source = await api.ask(createSource, { body: { serverId: server.id, name, database, environment } });
    const backup = await api.backUp(source.id, "before the 4.2 upgrade");
    await api.ended((await api.ask(verifyBackup, { params: { id: backup.id } })).id);
  }

  const browser = await chromium.launch(playwrightConfig.use?.launchOptions ?? {});
  const page = await browser.newPage({
    baseURL: started.url,
    storageState: started.cookies,
    viewport: { width: 1440, height: 600 },
    colorScheme: "light",
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: "Europe/Madrid",
  });
  await page.goto("/");
  await page.getByRole("heading", { level: 1, name: /verified backup/ }).waitFor();
  await page
    .getByRole("row")
    .filter({ hasText: "Sample" })
    .getByText(/now|ago/)
    .first()
    .waitFor({ timeout: 120_000 });
  await page.evaluate(() => document.fonts.ready);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "overview.png");
  await page.screenshot({ path });
  await browser.close();
  const { size } = statSync(path);
  if (size > largestBytes) throw new Error(`${path} has ${size} bytes; at most ${largestBytes} are wanted`);
  process.stdout.write(`${path}, ${size} bytes\n`);
} finally {
  await stop();
}
