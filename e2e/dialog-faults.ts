import { expect, type Locator, type Page } from "playwright/test";
import { violationsOf } from "./axe.ts";

/** Toasts have the role as well, and are not modal. */
const open = ':is([role="dialog"], [role="alertdialog"]):not([aria-modal="false"])';

/** The dark theme changes colours alone, which are the same at each size. */
const looks = [
  { width: 390, height: 844, colorScheme: "light", rules: undefined },
  { width: 1440, height: 900, colorScheme: "dark", rules: ["color-contrast"] },
  { width: 1440, height: 900, colorScheme: "light", rules: undefined },
] as const;

/**
 * What axe finds in an open dialog, and what of it lies beside the screen: in a hand and on a desk, in both themes. Only the dialog is looked at:
 * pages have a survey of their own. The window is left as the journeys have it.
 */
export async function dialogFaults(page: Page, dialog: Locator): Promise<string[]> {
  const faults: string[] = [];
  const shown = dialog.and(page.locator(open));
  await expect(shown).toBeVisible();
  for (const { width, height, colorScheme, rules } of looks) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await still(page);
    for (const { id, html } of await violationsOf(page, { within: open, ...(rules === undefined ? {} : { rules: [...rules] }) }))
      faults.push(`${width} ${colorScheme} ${id}: ${html.join(" | ")}`);
    const wider = () =>
      shown.evaluate((element) =>
        Math.max(element.scrollWidth - element.clientWidth, Math.ceil(element.getBoundingClientRect().width) - innerWidth),
      );
    // What settles a frame later is no fault; what stays too wide is.
    await expect
      .poll(wider, { timeout: 10_000 })
      .toBeLessThanOrEqual(0)
      .catch(async () => {
        const px = await wider();
        if (px > 0) faults.push(`${width}: ${px} px wider than there is room for`);
      });
  }
  return faults;
}

/** Half-way through its fade a text has half its contrast: a frame is drawn, and nothing moves any more. */
async function still(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  await expect.poll(() => page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === "running").length)).toBe(0);
}
