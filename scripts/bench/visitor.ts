import { createLogger } from "#lib/log/log";
import { readEnv } from "#lib/env/env";
import { bearerToken, signedInPerson } from "#lib/testing/web-runtime";
import type { Station } from "./station.ts";

/** What the web server shares with its routes, on the station's catalogue. */
export function runtimeOf({ catalogue, context, webUrl }: Station): Parameters<typeof signedInPerson>[0] {
  const env = readEnv({ LIFEBOAT_URL: webUrl, LIFEBOAT_DATA_DIR: "/nonexistent" });
  const stopping = new AbortController().signal;
  return { env, catalogue, keyring: context.keyring, logger: createLogger("error", {}), wake: () => Promise.resolve(), stopping };
}

/** An administrator's API token. */
export function makeToken(station: Station): Promise<string> {
  return bearerToken(runtimeOf(station), "admin");
}

/** An administrator who is signed in: the name and the value of the session's cookie. */
export async function signIn(station: Station): Promise<{ name: string; value: string }> {
  const { cookie } = await signedInPerson(runtimeOf(station), "admin");
  const at = cookie.indexOf("=");
  return { name: cookie.slice(0, at), value: cookie.slice(at + 1) };
}
