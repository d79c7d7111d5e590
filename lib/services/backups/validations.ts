import { desc, eq } from "drizzle-orm";
import type * as contract from "#lib/contracts/backups";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import { validations } from "#lib/db/schema/validations";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { requireBackup } from "./load.ts";

const longestHistory = 500;

/** The looks at a backup, newest first, the last 500 of them. Throws `not-found`. */
export async function listBackupValidations(
  context: ServiceContext,
  input: EndpointInput<typeof contract.listBackupValidations>,
): Promise<EndpointOutput<typeof contract.listBackupValidations>> {
  authorise(context, "backups:read");
  const { id } = input.params;
  await requireBackup(context.db, id);
  const rows = await context.db
    .select()
    .from(validations)
    .where(eq(validations.backupId, id))
    .orderBy(desc(validations.at), desc(validations.id))
    .limit(longestHistory);
  return {
    validations: rows.map((row) => ({
      id: row.id,
      level: row.level,
      verdict: row.verdict,
      runId: row.runId,
      at: row.at.toISOString(),
      durationMs: row.durationMs,
      checks: row.checks,
    })),
  };
}
