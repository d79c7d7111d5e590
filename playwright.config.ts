import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { defineConfig } from "playwright/test";

const browsers = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
const executablePath = browsers.find((path) => existsSync(path));

/** Journeys of people in a real browser, against whole Lifeboats that the global set-up starts in folders of their own. */
export default defineConfig({
  testDir: "e2e",
  testMatch: "**/*.e2e.ts",
  globalSetup: "./e2e/global-setup.ts",
  outputDir: "test-results",
  // Each worker has a Lifeboat of its own. The journeys of a file are one worker's, in their order.
  workers: Math.min(2, availableParallelism()),
  fullyParallel: false,
  retries: 0,
  forbidOnly: true,
  timeout: 240_000,
  expect: { timeout: 60_000 },
  use: {
    browserName: "chromium",
    actionTimeout: 60_000,
    navigationTimeout: 60_000,
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    timezoneId: "Europe/Madrid",
    // What still moves may be gone from where a click was aimed at.
    contextOptions: { reducedMotion: "reduce" },
    screenshot: "only-on-failure",
    // A third of what a journey costs is its trace: E2E_TRACE=1 records it, for looking at a failure step by step.
    trace: process.env["E2E_TRACE"] === undefined ? "off" : "retain-on-failure",
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      // The browser's own calls home, and what a container without a GPU or a sandbox cannot do.
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
