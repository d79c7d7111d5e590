import type { Locator } from "playwright/test";
import { expect } from "./fixtures.ts";

/** An option by the beginning of its name: its label, which is what the closed list shows; a hint may follow in the open one. */
function startingWith(label: string): RegExp {
  return new RegExp(`^${label.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}(?![\\w-])`);
}

/**
 * Chooses one option of a list by its label, and looks whether the list shows it and has the focus again, as a person does before
 * going on: what is typed before that would go where the focus was.
 */
export async function choose(list: Locator, label: string): Promise<void> {
  const option = list.page().getByRole("option", { name: startingWith(label) });
  await expect(async () => {
    if ((await list.getAttribute("aria-expanded")) !== "true") await list.click();
    await option.click({ timeout: 15_000 });
    await expect(list).toContainText(label, { timeout: 15_000 });
  }).toPass({ timeout: 60_000 });
  await expect(list).toBeFocused();
}
