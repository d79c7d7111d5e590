import type { TableRef } from "../port.ts";

/**
 * An exact name as a pattern of pg_dump: inside double quotes nothing is special but the quote itself, which is doubled
 * (`processSQLNamePattern`). A dollar sign and everything else is literal there.
 */
export function exactPattern(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export type DumpChoice = {
  readonly excludedSchemas: readonly string[];
  /** Tables whose rows are left out; their definitions stay, so that the schema is whole. */
  readonly excludedTables: readonly TableRef[];
  /** Tables left out whole, because the role may not even lock them. */
  readonly droppedTables: readonly TableRef[];
  readonly lockWaitMs: number;
  readonly snapshotId: string | null;
  readonly dataOnly: boolean;
  /** The database's encoding as the server names it; null where it is not known. */
  readonly encoding: string | null;
};

/** Encodings without names for every byte's character: their data passes as it is, and names outside ASCII may not be readable. */
const untranslated = new Set(["UTF8", "SQL_ASCII", "MULE_INTERNAL"]);

/** Archives are UTF-8 wherever the server can translate, so that names, digests and listings read the same from every database. */
function encodingArguments(encoding: string | null): string[] {
  return encoding === null || untranslated.has(encoding) ? [] : ["--encoding=UTF8"];
}

/** Arguments of pg_dump. Names appear only as values behind `=`; the database's name and the password never. */
export function dumpArguments(choice: DumpChoice): string[] {
  const table = ({ schema, table: name }: TableRef) => `${exactPattern(schema)}.${exactPattern(name)}`;
  return [
    "--format=custom",
    "--compress=0",
    "--no-password",
    `--lock-wait-timeout=${choice.lockWaitMs}`,
    ...(choice.snapshotId === null ? [] : [`--snapshot=${choice.snapshotId}`]),
    ...encodingArguments(choice.encoding),
    ...(choice.dataOnly ? ["--data-only"] : []),
    ...choice.excludedSchemas.map((schema) => `--exclude-schema=${exactPattern(schema)}`),
    ...choice.excludedTables.map((ref) => `--exclude-table-data=${table(ref)}`),
    ...choice.droppedTables.map((ref) => `--exclude-table=${table(ref)}`),
  ];
}
