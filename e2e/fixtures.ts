import {
  type BrowserContext,
  type ConsoleMessage,
  expect,
  type Page,
  type Request,
  type Response,
  test as base,
  type TestInfo,
} from "playwright/test";
import { apiClient, type ApiClient } from "./api-client.ts";
import { type Surroundings, surroundings } from "./surroundings.ts";

type Trouble = { kind: "console" | "error" | "request" | "response"; text: string };

type Fixtures = {
  lifeboat: Surroundings;
  api: ApiClient;
  /** A trouble whose text matches one of these belongs to the journey (a wrong password is a 401). */
  allowTrouble: (pattern: RegExp) => void;
};

/**
 * Every page of every journey is signed in as admin and watched: an error in the console (a violated CSP is one), an exception, a request that failed
 * or an answer of 400 and above fails the test, unless the journey says that it belongs to it.
 */
export const test = base.extend<Fixtures>({
  // Other people's pages, which a journey opens in browsers of their own, are waited for as well.
  browser: [
    async ({ browser }, use) => {
      const newContext = browser.newContext.bind(browser);
      browser.newContext = async (options) => {
        const context = await newContext(options);
        context.on("page", waitForScripts);
        return context;
      };
      await use(browser);
      browser.newContext = newContext;
    },
    { scope: "worker" },
  ],
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the pattern
  lifeboat: async ({}, use) => use(surroundings()),
  // oxlint-disable-next-line no-empty-pattern
  baseURL: async ({}, use) => use(surroundings().url),
  // oxlint-disable-next-line no-empty-pattern
  storageState: async ({}, use) => use(surroundings().cookies),
  api: async ({ lifeboat }, use) => use(apiClient(lifeboat.url, lifeboat.token)),
  allowTrouble: [
    async ({ context }, use, info) => {
      const troubles: Trouble[] = [];
      const allowed: RegExp[] = [];
      const ends: (() => void)[] = [];
      const begin = (page: Page) => {
        waitForScripts(page);
        ends.push(watch(page, troubles));
      };
      context.pages().forEach(begin);
      context.on("page", begin);
      await use((pattern) => void allowed.push(pattern));
      context.off("page", begin);
      for (const end of ends) end();
      if (info.errors.length > 0) await keepPages(context, info);
      const left = troubles.filter(({ text }) => !allowed.some((pattern) => pattern.test(text)));
      expect(left, "troubles that the browser had").toEqual([]);
    },
    { auto: true },
  ],
});

/**
 * For tests that only look, and leave nothing in a browser: all of a worker share one page, which has the scripts of the others already and need not
 * compile them again. Each is watched as ever.
 */
export const looking = test.extend<object, { sharedPage: Page }>({
  sharedPage: [
    async ({ browser }, use) => {
      const { url, cookies } = surroundings();
      const context = await browser.newContext({
        baseURL: url,
        storageState: cookies,
        locale: "en-GB",
        timezoneId: "Europe/Madrid",
        reducedMotion: "reduce",
      });
      await use(await context.newPage());
      await context.close();
    },
    { scope: "worker" },
  ],
  context: async ({ sharedPage }, use) => use(sharedPage.context()),
  page: async ({ sharedPage, viewport }, use) => {
    if (viewport !== null) await sharedPage.setViewportSize(viewport);
    await sharedPage.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    await use(sharedPage);
  },
});

const waiting = new WeakSet<Page>();

/**
 * Going somewhere ends when the page's scripts listen and what was streamed stands in its place: `load` comes before that, and a busy machine leaves room
 * between them for a click that nobody hears, and for a text that is there twice. A journey that is about that very moment says `waitUntil`.
 */
function waitForScripts(page: Page): void {
  if (waiting.has(page)) return;
  waiting.add(page);
  const goto = page.goto.bind(page);
  const reload = page.reload.bind(page);
  page.goto = async (url, options) => {
    const answer = await goto(url, options);
    if (options?.waitUntil === undefined) await listening(page);
    return answer;
  };
  page.reload = async (options) => {
    const answer = await reload(options);
    if (options?.waitUntil === undefined) await listening(page);
    return answer;
  };
}

/**
 * React leaves its mark on the document when it begins to listen; from then on it takes over what is clicked, whatever else it has still to do. Streamed
 * parts wait hidden at the end of the body (`S:`) for their places (`B:`). A page that went to another one by itself is asked once something is seen that
 * only the new one has.
 */
export async function listening(page: Page): Promise<void> {
  const isHeard = () =>
    page
      .evaluate(
        () =>
          document.querySelector('script[src*="/_next/"]') === null ||
          (document.querySelector('div[hidden][id^="S:"], template[id^="B:"]') === null &&
            Object.keys(document).some((key) => key.startsWith("_reactListening"))),
      )
      // It went on by itself meanwhile.
      .catch(() => false);
  await expect.poll(isHeard, { intervals: [20, 50, 100] }).toBe(true);
}

/** What pages showed when a journey failed, as text: `npm test` prints it beside the error, where a screenshot is lost with the machine. */
async function keepPages(context: BrowserContext, info: TestInfo): Promise<void> {
  for (const page of context.pages()) {
    const shown = await page
      .locator("body")
      .ariaSnapshot({ timeout: 5000 })
      .catch(() => "");
    await info.attach("page", { body: `${page.url()}\n${shown}`, contentType: "text/plain" });
  }
}

/** For journeys of people who are not signed in. */
export const nobody = { cookies: [], origins: [] };

/** Writes down what goes wrong in a page until the function that it answers is called. */
function watch(page: Page, troubles: Trouble[]): () => void {
  const onConsole = (message: ConsoleMessage) => {
    // Chromium repeats every refused answer in the console; the answer itself is judged below.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      troubles.push({ kind: "console", text: message.text() });
  };
  const onError = (error: Error) => troubles.push({ kind: "error", text: `${page.url()} ${error.stack ?? error.message}` });
  const onFailed = (request: Request) => {
    // What a page asked for is dropped when one leaves it; a download leaves none.
    const why = request.failure()?.errorText ?? "";
    if (why !== "net::ERR_ABORTED") troubles.push({ kind: "request", text: `${request.method()} ${request.url()} ${why}` });
  };
  const onResponse = (response: Response) => {
    if (response.status() >= 400)
      troubles.push({ kind: "response", text: `${response.status()} ${response.request().method()} ${response.url()}` });
  };
  page.on("console", onConsole).on("pageerror", onError).on("requestfailed", onFailed).on("response", onResponse);
  return () => page.off("console", onConsole).off("pageerror", onError).off("requestfailed", onFailed).off("response", onResponse);
}

export { expect } from "playwright/test";
