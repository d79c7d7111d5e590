import { z } from "zod";
import { backupKinds } from "#lib/domain/backup-state";

/** Input of a `backup` run. `everything`: whatever the source leaves out is taken along, and its pause does not count. */
export const backupOrder = z.object({ everything: z.boolean().default(false), kind: z.enum(backupKinds).default("full") });
export type BackupOrder = z.infer<typeof backupOrder>;
