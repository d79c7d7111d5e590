import type { Page } from "playwright/test";

/** Keeps the scripts of pages back until the function that it answers is called: what a slow machine or line does, for as long as one needs. */
export async function holdScripts(page: Page): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  await page.route("**/_next/static/**/*.js", async (route) => {
    await promise;
    await route.continue();
  });
  return resolve;
}
