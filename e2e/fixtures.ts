import { expect, test as base, type Page } from "playwright/test";
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
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the pattern
  lifeboat: async ({}, use) => use(surroundings()),
  // oxlint-disable-next-line no-empty-pattern
  baseURL: async ({}, use) => use(surroundings().url),
  // oxlint-disable-next-line no-empty-pattern
  storageState: async ({}, use) => use(surroundings().cookies),
  api: async ({ lifeboat }, use) => use(apiClient(lifeboat.url, lifeboat.token)),
  allowTrouble: [
    async ({ context }, use) => {
      const troubles: Trouble[] = [];
      const allowed: RegExp[] = [];
      context.on("page", (page) => watch(page, troubles));
      await use((pattern) => void allowed.push(pattern));
      const left = troubles.filter(({ text }) => !allowed.some((pattern) => pattern.test(text)));
      expect(left, "troubles that the browser had").toEqual([]);
    },
    { auto: true },
  ],
});

/** For journeys of people who are not signed in. */
export const nobody = { cookies: [], origins: [] };

function watch(page: Page, troubles: Trouble[]): void {
  page.on("console", (message) => {
    // Chromium repeats every refused answer in the console; the answer itself is judged below.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      troubles.push({ kind: "console", text: message.text() });
  });
  page.on("pageerror", (error) => troubles.push({ kind: "error", text: `${page.url()} ${error.stack ?? error.message}` }));
  page.on("requestfailed", (request) => {
    // What a page asked for is dropped when one leaves it; a download leaves none.
    const why = request.failure()?.errorText ?? "";
    if (why !== "net::ERR_ABORTED") troubles.push({ kind: "request", text: `${request.method()} ${request.url()} ${why}` });
  });
  page.on("response", (response) => {
    if (response.status() >= 400)
      troubles.push({ kind: "response", text: `${response.status()} ${response.request().method()} ${response.url()}` });
  });
}

export { expect } from "playwright/test";
