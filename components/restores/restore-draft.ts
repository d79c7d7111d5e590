import type { RestoreInput } from "#lib/contracts/restores";
import { byteLength } from "./suggest-name.ts";

/** What is restored: a backup, or the newest one of a source at or before a date. */
export type WantedPoint = { readonly backupId: string } | { readonly sourceId: string; readonly at: string };

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
  /** Of a file: where it goes, in either mode. Null for a backup that goes into a server. */
  readonly path: string | null;
  /** Of a file that is put in the place of another: go on although a process has that one open. */
  readonly ignoreOpenFile: boolean;
};

/** A table as one string that any name survives in. */
export function tableKey({ schema, table }: { schema: string; table: string }): string {
  return JSON.stringify([schema, table]);
}

/** The API's input; null while something is missing. A whole backup alone can take the place of a database. */
export function toRestoreInput(point: WantedPoint, draft: RestoreDraft): RestoreInput | null {
  const how = {
    owners: draft.owners,
    jobs: Number(draft.jobs),
    keepOnFailure: draft.keepOnFailure,
    ignoreOpenFile: draft.ignoreOpenFile,
  };
  if (draft.path !== null) {
    if (!isAbsolutePath(draft.path)) return null;
    return { ...point, targetPath: draft.path, mode: draft.mode, content: "all", tables: [], ...how };
  }
  const { serverId, chosen } = draft;
  const isReplace = draft.mode === "replace";
  const database = isReplace ? (draft.replaced ?? "") : draft.database;
  const bytes = byteLength(database);
  if (serverId === null || bytes === 0 || bytes > 63 || (!isReplace && chosen?.length === 0)) return null;
  if (isReplace) {
    return { ...point, serverId, database, mode: "replace", targetEnvironment: draft.environment, content: "all", tables: [], ...how };
  }
  const tables = (chosen ?? []).map((key) => {
    const [schema, table] = JSON.parse(key) as [string, string];
    return { schema, table };
  });
  return { ...point, serverId, database, mode: "new", content: draft.content, tables, ...how };
}

/** Whether a text can be a path of the worker's host; whether it may be one is for the worker to say. */
export function isAbsolutePath(path: string): boolean {
  return path.startsWith("/") && path.length > 1 && !path.endsWith("/");
}
