import { access } from "node:fs/promises";
import { basename, join } from "node:path";
import type { ImportFormat } from "#lib/domain/import-state";
import { type CommandError, usageError } from "../exit-code.ts";

const accepted = "It restores archives of pg_dump in custom format, plain SQL, and Lifeboat's packs of PostgreSQL databases.";

/** A file of a kind that `db:restore` does not take, with the way to one that it takes. */
export function unsupportedFile(path: string, format: ImportFormat): CommandError {
  if (format === "pg-directory-tar") return dumpInParts(path, "tar", " If it is a packed folder, or compressed, unpack it first.");
  return usageError(`${basename(path)} is of the kind ${format}, which this script does not restore`, accepted);
}

/** What lies in parts: pg_restore puts it together in the order that a script has, and then every check of `db:restore` applies. */
function dumpInParts(path: string, format: "directory" | "tar", more = ""): CommandError {
  const script = `${path}.sql`;
  return usageError(
    `${basename(path)} is a dump in ${format} format, which this script does not restore`,
    `Make a plain script of it, then restore that: pg_restore --file ${script} ${path}; npm run db:restore -- --file ${script} …${more}`,
  );
}

/** Why a folder is no file to restore. */
export async function unsupportedFolder(path: string): Promise<CommandError> {
  const isDump = await access(join(path, "toc.dat")).then(
    () => true,
    () => false,
  );
  return isDump ? dumpInParts(path, "directory") : usageError(`${basename(path)} is a folder, not a dump`, accepted);
}
