import { request } from "playwright/test";

/** What a browser context needs to be signed in. */
export type SignedIn = Awaited<ReturnType<Awaited<ReturnType<typeof request.newContext>>["storageState"]>>;

/** Signs in without a page: the journeys that are about signing in use the form. */
export async function signIn(url: string, email: string, password: string): Promise<SignedIn> {
  // Inside a test it would begin with that test's cookies, and signing in ends the session that they belong to.
  const storageState = { cookies: [], origins: [] };
  const context = await request.newContext({ baseURL: url, storageState, extraHTTPHeaders: { Origin: url } });
  try {
    const { csrfToken } = (await (await context.get("/api/auth/csrf")).json()) as { csrfToken: string };
    const answer = await context.post("/api/auth/callback/credentials", { form: { csrfToken, email, password, json: "true" } });
    if (!answer.ok()) throw new Error(`signing in as ${email} failed: ${answer.status()} ${await answer.text()}`);
    return await context.storageState();
  } finally {
    await context.dispose();
  }
}
