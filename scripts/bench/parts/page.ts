import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright";
import { median } from "../clock.ts";
import { fillOnce } from "../large.ts";
import type { Part } from "../part.ts";
import { limitLine } from "../report.ts";
import { signIn } from "../visitor.ts";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"];
const milliseconds = (value: number) => `${value.toFixed(0)} ms`;

type Seen = { largestPaintMs: number; longestTaskMs: number };

/** Remembers paints and long tasks from the first moment of every page. */
const observe = () => {
  const seen = { largestPaintMs: 0, longestTaskMs: 0 };
  Object.assign(globalThis, { seen });
  const watch = (type: string, keep: (entry: PerformanceEntry) => void) =>
    new PerformanceObserver((entries) => entries.getEntries().forEach((entry) => keep(entry))).observe({ type, buffered: true });
  watch("largest-contentful-paint", (entry) => (seen.largestPaintMs = Math.max(seen.largestPaintMs, entry.startTime)));
  watch("longtask", (entry) => (seen.longestTaskMs = Math.max(seen.longestTaskMs, entry.duration)));
};

/** Opens the overview with an empty cache, goes to the list of backups, sorts it, searches in it and opens one. */
async function visit(browser: Browser, url: string, cookie: { name: string; value: string }): Promise<Seen> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB", timezoneId: "UTC" });
  await context.addCookies([{ ...cookie, url, httpOnly: true, sameSite: "Lax" }]);
  await context.addInitScript(observe);
  const page = await context.newPage();
  await page.goto(url, { waitUntil: "networkidle" });
  // The first input ends the list of largest paints: it is read before.
  const { largestPaintMs, longestTaskMs: loading } = await read(page);
  await page.goto(`${url}/backups`, { waitUntil: "networkidle" });
  await page.getByRole("searchbox").first().fill("Source 99");
  await page.waitForLoadState("networkidle");
  await page.locator('tbody a[href*="/backups/"]').first().click();
  await page.waitForURL(/\/backups\/[^?]+$/);
  await page.waitForLoadState("networkidle");
  const { longestTaskMs: interacting } = await read(page);
  await context.close();
  return { largestPaintMs, longestTaskMs: Math.max(loading, interacting) };
}

function read(page: Page): Promise<Seen> {
  return page.evaluate(() => (globalThis as unknown as { seen: Seen }).seen);
}

/** The first load of the overview and some clicks in Chromium, against the built pages and a full catalogue. */
export const page: Part = async ({ station, rounds, say }) => {
  await fillOnce(station, say);
  const web = await station.startWeb();
  const cookie = await signIn(station);
  const browser = await chromium.launch({ args, ...(executablePath === undefined ? {} : { executablePath }) });
  try {
    const visits: Seen[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const seen = await visit(browser, station.webUrl, cookie);
      if (round > 0) visits.push(seen);
      if (round > 0)
        say(`  visit ${round}: largest paint ${milliseconds(seen.largestPaintMs)}, longest task ${milliseconds(seen.longestTaskMs)}`);
    }
    const of = (key: keyof Seen) => median(visits.map((seen) => seen[key]));
    const part = "page";
    return [
      limitLine({
        part,
        what: "overview in Chromium, empty cache: largest paint",
        value: of("largestPaintMs"),
        most: 1500,
        show: milliseconds,
      }),
      limitLine({
        part,
        what: "loading, list, search, one backup: longest task",
        value: of("longestTaskMs"),
        most: 200,
        show: milliseconds,
      }),
    ];
  } finally {
    await browser.close();
    await web.stop();
  }
};
