import type { ShopServer } from "./shop-server.ts";
import type { SignedIn } from "./sign-in.ts";

/** What the global set-up started. */
export type Surroundings = {
  url: string;
  dataDir: string;
  adminEmail: string;
  adminPassword: string;
  /** Bearer token of an admin. */
  token: string;
  /** Cookies of the admin's session, for pages that do not sign in themselves. */
  cookies: SignedIn;
  /** Folders of the host that Lifeboat may read: SQLite files to protect, files to import. */
  folders: { sqlite: string; imports: string };
  shop: ShopServer;
};

const variable = "E2E_SURROUNDINGS";

/** Playwright hands the set-up's environment to its workers; nothing else reaches them. */
export function tellTests(surroundings: Surroundings): void {
  process.env[variable] = JSON.stringify(surroundings);
}

export function wereTold(): boolean {
  return process.env[variable] !== undefined;
}

export function surroundings(): Surroundings {
  const told = process.env[variable];
  if (told === undefined) throw new Error("the global set-up did not run");
  return JSON.parse(told) as Surroundings;
}
