import type { createSource } from "#lib/contracts/sources";
import type { Environment, sourceEngines } from "#lib/domain/backup-state";
import type { z } from "zod";

type Engine = (typeof sourceEngines)[number];

/** The choice “a source that is not there yet”. */
export const newSource = "new";

export type NewSourceDraft = {
  readonly name: string;
  readonly environment: Environment;
  readonly serverId: string;
  readonly database: string;
  readonly path: string;
};

const endings = /\.(?:gz|zst|tgz|tar|sql|dump|backup|bak|custom|pgdump|db|sqlite3?)$/i;
/** What dumping scripts put behind a database's name: `_2024-03-12`, `-20240312T030000Z`, `_backup`. */
const stamp = /[-_. ](?:\d{4}-?\d{2}-?\d{2}|full|backup)(?:[-_T ]?\d{2}[-:h]?\d{2}(?:[-:m]?\d{2})?)?Z?$/i;

/** The name of the database that a file's name speaks of: `shop_2024-03-12.sql.gz` → `shop`. Never empty unless the name is. */
export function nameInFile(fileName: string): string {
  const without = (text: string, pattern: RegExp): string => {
    const shorter = text.replace(pattern, "");
    return shorter === text || shorter === "" ? text : without(shorter, pattern);
  };
  return without(without(fileName, endings), stamp).slice(0, 63);
}

export function newSourceDraft(fileName: string): NewSourceDraft {
  const name = nameInFile(fileName);
  return { name, environment: "development", serverId: "", database: name, path: "" };
}

/** What a source cannot be made without. */
export type MissingPart = "name" | "server" | "database" | "path";

export function missingParts(draft: NewSourceDraft, engine: Engine): readonly MissingPart[] {
  const { name, serverId, database, path } = draft;
  const all: Readonly<Record<MissingPart, boolean>> = {
    name: name.trim() === "",
    server: engine === "postgres" && serverId === "",
    database: engine === "postgres" && database === "",
    path: engine === "sqlite" && !/^\/[^/]/.test(path.trim()),
  };
  return (Object.keys(all) as MissingPart[]).filter((part) => all[part]);
}

/** What `createSource` takes, or null while something is missing. */
export function toSourceBody(draft: NewSourceDraft, engine: Engine): z.input<(typeof createSource)["body"]> | null {
  const { environment, serverId, database, path } = draft;
  const name = draft.name.trim();
  if (missingParts(draft, engine).length > 0) return null;
  return engine === "sqlite" ? { engine, name, environment, path: path.trim() } : { engine, name, environment, serverId, database };
}
