import axe from "axe-core";
import type { Page } from "playwright/test";

/** A rule that a page breaks, and where: the HTML of each place, cut. */
export type Violation = { id: string; html: string[] };

type AxeWindow = { axe?: typeof axe };

type Question = {
  /** These rules alone. */
  rules?: string[];
  /** All but these. */
  without?: string[];
  /** A selector: only what stands in it. */
  within?: string;
};

/**
 * Asks axe in the page itself. The builder that comes with it takes the scripts in anew for each question, describes every element that is as it
 * should be, and sums up in a second page: five times the work for the same violations. Throws when axe could judge nothing.
 */
export async function violationsOf(page: Page, { rules, without = [], within }: Question = {}): Promise<Violation[]> {
  // What stands in a frame would not be asked.
  if (page.frames().length > 1) throw new Error("the page has a frame");
  if (!(await page.evaluate(() => (window as AxeWindow).axe !== undefined))) await page.evaluate(axe.source);
  return page.evaluate(
    async ({ runOnly, disabled, selector }) => {
      const { axe: there } = window as AxeWindow;
      if (there === undefined) throw new Error("axe is not in the page");
      const { violations, passes } = await there.run(selector ?? document, {
        resultTypes: ["violations"],
        rules: Object.fromEntries(disabled.map((id) => [id, { enabled: false }])),
        ...(runOnly === undefined ? {} : { runOnly }),
      });
      if (violations.length + passes.length === 0) throw new Error("axe judged nothing");
      return violations.map(({ id, nodes }) => ({ id, html: nodes.map(({ html }) => html.slice(0, 160)) }));
    },
    { runOnly: rules, disabled: without, selector: within },
  );
}
