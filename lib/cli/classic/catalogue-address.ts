import { lookup } from "node:dns/promises";
import type { CatalogueAddress } from "#lib/engines/postgres/server";
import { CommandError, exitCode } from "../exit-code.ts";
import type { Place } from "./address.ts";

/** Where the URL of the catalogue leads; null when there is none or it cannot be taken apart (its marker is looked for all the same). */
export function catalogueAddress(url: string | null): CatalogueAddress | null {
  if (url === null || !URL.canParse(url)) return null;
  const { hostname, port, pathname } = new URL(url);
  const host = hostname.replaceAll(/^\[|\]$/g, "");
  return {
    host: host === "" ? "localhost" : host,
    port: port === "" ? 5432 : Number(port),
    database: decodeURIComponent(pathname.slice(1)),
  };
}

/** Refuses the database that DATABASE_URL names, under whatever name its host is written. */
export async function refuseCatalogueUrl({ address, database }: Place, catalogue: CatalogueAddress | null): Promise<void> {
  if (catalogue === null || catalogue.database !== database || catalogue.port !== address.port) return;
  const [ours, theirs] = await Promise.all([ipsOf(catalogue.host), ipsOf(address.host)]);
  if (![...theirs].some((ip) => ours.has(ip))) return;
  throw new CommandError(
    exitCode.refused,
    `${database} on ${address.host}:${address.port} is what DATABASE_URL names: Lifeboat's own catalogue is never a target`,
    "To bring the catalogue back, see docs/recovery.md.",
  );
}

/** All addresses of this machine's loopback count as one. */
async function ipsOf(host: string): Promise<Set<string>> {
  const found = await lookup(host, { all: true }).catch(() => []);
  const ips = found.map(({ address }) => (/^(127\.|::1$)/.test(address) ? "loopback" : address));
  return new Set([host.toLowerCase(), ...ips]);
}
