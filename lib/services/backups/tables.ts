import { asc, eq } from "drizzle-orm";
import type * as contract from "#lib/contracts/backups";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import { backupTables } from "#lib/db/schema/backup-tables";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { requireBackup } from "./load.ts";

/** Every table of a backup with its exact row count and content digest. Throws `not-found`. */
export async function listBackupTables(
  context: ServiceContext,
  input: EndpointInput<typeof contract.listBackupTables>,
): Promise<EndpointOutput<typeof contract.listBackupTables>> {
  authorise(context, "backups:read");
  const { id } = input.params;
  await requireBackup(context.db, id);
  const tables = await context.db
    .select({
      schema: backupTables.schema,
      table: backupTables.table,
      rows: backupTables.rows,
      bytes: backupTables.bytes,
      sha256: backupTables.sha256,
      excluded: backupTables.excluded,
    })
    .from(backupTables)
    .where(eq(backupTables.backupId, id))
    .orderBy(asc(backupTables.schema), asc(backupTables.table));
  return { tables };
}
