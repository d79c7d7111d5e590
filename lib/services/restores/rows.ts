import type { replacements } from "#lib/db/schema/replacements";
import type { restores } from "#lib/db/schema/restores";

export type RestoreRow = typeof restores.$inferSelect;
export type ReplacementRow = typeof replacements.$inferSelect;

/** A restore into a database of a server; the others go into files. */
export type DatabaseRestore = RestoreRow & { readonly serverId: string };

export function isDatabaseRestore(restore: RestoreRow): restore is DatabaseRestore {
  return restore.serverId !== null;
}
