import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { migrateCatalogue } from "#lib/db/migrate";
import { backUpCatalogue, type CatalogueBackupOptions } from "./catalogue-backup.ts";
import { StartError } from "./start-error.ts";

const journalPath = fileURLToPath(new URL("../../drizzle/meta/_journal.json", import.meta.url));

type SchemaState = "empty" | "behind" | "current" | "ahead";

/** Where the catalogue's schema stands against this version's migrations. */
export async function schemaState(url: string): Promise<SchemaState> {
  const journal = JSON.parse(await readFile(journalPath, "utf8")) as { entries: { when: number }[] };
  const newest = Math.max(...journal.entries.map((entry) => entry.when));
  const sql = postgres(url, { max: 1, connect_timeout: 10, onnotice: () => undefined });
  try {
    const [table] = await sql`select to_regclass('drizzle.__drizzle_migrations') as name`;
    if (table?.["name"] === null) return "empty";
    const [row] = await sql`select max(created_at)::float8 as newest from drizzle.__drizzle_migrations`;
    if (row?.["newest"] === null) return "empty";
    const applied = Number(row?.["newest"]);
    return applied === newest ? "current" : applied > newest ? "ahead" : "behind";
  } finally {
    await sql.end({ timeout: 5 });
  }
}

const lookMs = 1000;
const aheadText = "The catalogue was upgraded by a newer version of Lifeboat. Start that version, or restore a backup of the catalogue.";

/** Waits until another process brought the catalogue to this version's schema. Throws `StartError` for a catalogue of a newer version. */
export async function waitForUpgrade(url: string, say: (line: string) => void, signal: AbortSignal): Promise<void> {
  let state = await schemaState(url);
  if (state !== "current" && state !== "ahead") say("Waiting until Lifeboat's web part has prepared the catalogue …");
  while (state !== "current") {
    if (state === "ahead") throw new StartError(aheadText);
    await delay(lookMs, undefined, { signal });
    state = await schemaState(url);
  }
}

/**
 * Brings the catalogue to this version's schema; a catalogue that holds something is backed up first, and without that backup
 * nothing is changed. Throws `StartError` for a catalogue of a newer version.
 */
export async function upgradeCatalogue(options: CatalogueBackupOptions, say: (line: string) => void, now: Date): Promise<void> {
  const state = await schemaState(options.url);
  if (state === "ahead") {
    throw new StartError(aheadText);
  }
  if (state === "behind") {
    say("Backing up the catalogue before its upgrade …");
    try {
      await backUpCatalogue(options, now);
    } catch (error) {
      throw new StartError(`The catalogue must be backed up before its upgrade, and that failed: ${(error as Error).message}`);
    }
  }
  if (state !== "current") await migrateCatalogue(options.url);
}
