import { z } from "zod";

/** Input of a `backup` run. `everything`: whatever the source leaves out is taken along, and its pause does not count. */
export const backupOrder = z.object({ everything: z.boolean().default(false) });
export type BackupOrder = z.infer<typeof backupOrder>;
