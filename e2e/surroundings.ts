import type { ShopServer } from "./shop-server.ts";
import type { SignedIn } from "./sign-in.ts";

/** What the global set-up started for one worker. */
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

/** Playwright hands the set-up's environment to its workers; nothing else reaches them. One for each worker, or one for all. */
export function tellTests(all: readonly Surroundings[]): void {
  process.env[variable] = JSON.stringify(all);
}

export function wereTold(): boolean {
  return process.env[variable] !== undefined;
}

/** Those of the worker that asks: no journey sees what another worker's does at the same time. */
export function surroundings(): Surroundings {
  const all = JSON.parse(process.env[variable] ?? "[]") as Surroundings[];
  const mine = all[Number(process.env["TEST_PARALLEL_INDEX"] ?? 0) % Math.max(1, all.length)];
  if (mine === undefined) throw new Error("the global set-up did not run");
  return mine;
}
