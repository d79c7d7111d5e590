import type postgres from "postgres";
import { LifeboatError } from "#lib/domain/error";
import type { ServerAddress } from "../port.ts";
import { pinAddress, type PinnedAddress } from "./address.ts";
import { mapConnectionError } from "./connection-errors.ts";
import { probeTls } from "./probe-tls.ts";
import { withSql } from "./with-sql.ts";

export type ServerVersion = { readonly text: string; readonly number: number; readonly major: number };

/** Resolves a server, and where TLS is demanded sees to it before a password is sent. */
export async function reachServer(address: ServerAddress, signal: AbortSignal): Promise<PinnedAddress> {
  signal.throwIfAborted();
  const pinned = await pinAddress(address, signal);
  if (pinned.tlsMode !== "disable" && pinned.tlsMode !== "prefer") await probeTls(pinned);
  return pinned;
}

/** Runs SQL on one database; what it throws is mapped to errors that say what to do. */
export async function querySql<T>(
  address: PinnedAddress,
  database: string,
  applicationName: string,
  work: (sql: postgres.Sql) => Promise<T>,
): Promise<T> {
  try {
    return await withSql(address, database, applicationName, work);
  } catch (error) {
    throw mapConnectionError(error, address, database);
  }
}

export async function readVersion(sql: postgres.Sql | postgres.ReservedSql): Promise<ServerVersion> {
  const [row] = await sql<{ text: string; number: number }[]>`
    select current_setting('server_version') as text, current_setting('server_version_num')::int as number`;
  const text = /^\S+/.exec(row!.text)?.[0] ?? row!.text;
  return { text, number: row!.number, major: Math.floor(row!.number / 10_000) };
}

/** The encoding of the database that `sql` is connected to, in the server's words. */
export async function readEncoding(sql: postgres.Sql): Promise<string> {
  const [row] = await sql<{ encoding: string }[]>`select current_setting('server_encoding') as encoding`;
  return row!.encoding;
}

/** True when the database that `sql` is connected to is a catalogue of Lifeboat. */
export async function carriesCatalogue(sql: postgres.Sql): Promise<boolean> {
  const rows = await sql`
    select 1 from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'lifeboat' and c.relname = 'installation'`;
  return rows.length > 0;
}

export type CatalogueAddress = { readonly host: string; readonly port: number; readonly database: string };

/** Throws `target-is-catalogue` when a database carries the marker or lies where the catalogue lies; a missing one is fine. */
export async function refuseCatalogue(
  address: PinnedAddress,
  database: string,
  applicationName: string,
  catalogue: CatalogueAddress | null,
): Promise<void> {
  const lies =
    catalogue !== null &&
    catalogue.database === database &&
    catalogue.port === address.port &&
    [address.host, address.ip].includes(catalogue.host);
  if (lies) throw new LifeboatError("target-is-catalogue", { database });
  try {
    if (await querySql(address, database, applicationName, carriesCatalogue)) throw new LifeboatError("target-is-catalogue", { database });
  } catch (error) {
    if (!(error instanceof LifeboatError && error.code === "database-missing")) throw error;
  }
}
