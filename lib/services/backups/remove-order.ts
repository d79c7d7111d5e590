import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { runs } from "#lib/db/schema/runs";

/** Input of a `delete` run. `also`: backups of the same chain that go with the run's own one, whichever order they were named in. */
export const removeOrder = z.object({ also: z.array(z.string()).default([]) });
export type RemoveOrder = z.infer<typeof removeOrder>;

/** The run is the removal of this backup, alone or with others. */
export function isRemovalOf(backupId: string): SQL {
  return sql`(${runs.type} = 'delete' and (${runs.backupId} = ${backupId} or ${runs.input} @> ${JSON.stringify({ also: [backupId] })}::jsonb))`;
}
