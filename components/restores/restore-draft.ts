import type { RestoreInput } from "#lib/contracts/restores";
import { byteLength } from "./suggest-name.ts";

/** What the wizard holds. `serverId` null: not chosen yet. `chosen` null: every table. */
export type RestoreDraft = {
  readonly serverId: string | null;
  readonly mode: RestoreInput["mode"];
  /** Name of the new database. */
  readonly database: string;
  /** The database that is to be replaced; null: not chosen yet. */
  readonly replaced: string | null;
  /** Of a database that is replaced and no source yet. */
  readonly environment: NonNullable<RestoreInput["targetEnvironment"]>;
  readonly content: RestoreInput["content"];
  readonly chosen: readonly string[] | null;
  readonly owners: RestoreInput["owners"];
  readonly jobs: string;
  readonly keepOnFailure: boolean;
  /** Of a file that is put in the place of another: go on although a process has that one open. */
  readonly ignoreOpenFile: boolean;
};

/** A table as one string that any name survives in. */
export function tableKey({ schema, table }: { schema: string; table: string }): string {
  return JSON.stringify([schema, table]);
}

/** The API's input; null while something is missing. A whole backup alone can take the place of a database. */
export function toRestoreInput(backupId: string, draft: RestoreDraft): RestoreInput | null {
  const { serverId, chosen } = draft;
  const isReplace = draft.mode === "replace";
  const database = isReplace ? (draft.replaced ?? "") : draft.database;
  const bytes = byteLength(database);
  if (serverId === null || bytes === 0 || bytes > 63 || (!isReplace && chosen?.length === 0)) return null;
  const how = { owners: draft.owners, jobs: Number(draft.jobs), keepOnFailure: draft.keepOnFailure, ignoreOpenFile: draft.ignoreOpenFile };
  if (isReplace) {
    return { backupId, serverId, database, mode: "replace", targetEnvironment: draft.environment, content: "all", tables: [], ...how };
  }
  const tables = (chosen ?? []).map((key) => {
    const [schema, table] = JSON.parse(key) as [string, string];
    return { schema, table };
  });
  return { backupId, serverId, database, mode: "new", content: draft.content, tables, ...how };
}
