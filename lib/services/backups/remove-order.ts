import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { runs } from "#lib/db/schema/runs";
import { trashReasons } from "#lib/domain/retention-rule";

/**
 * Input of a `delete` run. `also`: backups of the same chain that go with the run's own one, whichever order they were named in. `toTrash`:
 * nothing leaves storage yet, and `trashReason` is told there.
 */
export const removeOrder = z.object({
  also: z.array(z.string()).default([]),
  toTrash: z.boolean().default(false),
  trashReason: z.enum(trashReasons).default("by-hand"),
});
export type RemoveOrder = z.infer<typeof removeOrder>;

/** The run is the removal of this backup, alone or with others. */
export function isRemovalOf(backupId: string): SQL {
  return sql`(${runs.type} = 'delete' and (${runs.backupId} = ${backupId} or ${runs.input} @> ${JSON.stringify({ also: [backupId] })}::jsonb))`;
}

/** The run is a clean-up that may be taking this backup out of the trash; false for one that was never there. */
export function isCleanUpOf(backup: { readonly sourceId: string; readonly trashedAt: Date | null }): SQL | undefined {
  return backup.trashedAt === null ? undefined : sql`(${runs.type} = 'clean-up' and ${runs.subject} = ${backup.sourceId})`;
}
