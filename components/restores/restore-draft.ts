import type { RestoreInput } from "#lib/contracts/restores";
import { byteLength } from "./suggest-name.ts";

/** What the wizard holds. `serverId` null: not chosen yet. `chosen` null: every table. */
export type RestoreDraft = {
  readonly serverId: string | null;
  readonly database: string;
  readonly content: RestoreInput["content"];
  readonly chosen: readonly string[] | null;
  readonly owners: RestoreInput["owners"];
  readonly jobs: string;
  readonly keepOnFailure: boolean;
};

/** A table as one string that any name survives in. */
export function tableKey({ schema, table }: { schema: string; table: string }): string {
  return JSON.stringify([schema, table]);
}

/** The API's input; null while something is missing. */
export function toRestoreInput(backupId: string, draft: RestoreDraft): RestoreInput | null {
  const { serverId, chosen, database } = draft;
  const bytes = byteLength(database);
  if (serverId === null || bytes === 0 || bytes > 63 || chosen?.length === 0) return null;
  return {
    backupId,
    serverId,
    database,
    mode: "new",
    content: draft.content,
    tables: (chosen ?? []).map((key) => {
      const [schema, table] = JSON.parse(key) as [string, string];
      return { schema, table };
    }),
    owners: draft.owners,
    jobs: Number(draft.jobs),
    keepOnFailure: draft.keepOnFailure,
  };
}
