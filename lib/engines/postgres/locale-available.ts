import type postgres from "postgres";
import type { DatabaseProperties } from "#lib/contracts/backups";
import type { ServerVersion } from "./server.ts";

/** True when a server seems able to create a database with the recorded locale; only creating it proves it. */
export async function localeAvailable(sql: postgres.Sql, version: ServerVersion, properties: DatabaseProperties): Promise<boolean> {
  if (properties.localeProvider === "builtin") return version.major >= 17;
  if (properties.localeProvider === "icu" && version.major < 15) return false;
  const plain = new Set(["C", "POSIX"]);
  if (plain.has(properties.collate) && plain.has(properties.ctype)) return true;
  // `en_US.UTF-8` and `en_US.utf8` are one locale to the operating system.
  const bare = (name: string) =>
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9@_.]/g, "")
      .replace("utf-8", "utf8");
  const rows = await sql<{ name: string }[]>`
    select collcollate as name from pg_catalog.pg_collation where collprovider = 'c' and collcollate is not null
    union select datcollate from pg_catalog.pg_database union select datctype from pg_catalog.pg_database`;
  const known = new Set(rows.map((row) => bare(row.name)));
  return [properties.collate, properties.ctype].every((name) => plain.has(name) || known.has(bare(name)));
}
