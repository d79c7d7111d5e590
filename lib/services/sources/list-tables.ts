import { asc, eq } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/sources";
import { backupTables } from "#lib/db/schema/backup-tables";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { loadSource } from "./load.ts";

/** Tables of a source as its last good backup recorded them; none where there is no good backup. Throws `not-found`. */
export async function listSourceTables(
  context: ServiceContext,
  input: EndpointInput<typeof contract.listSourceTables>,
): Promise<EndpointOutput<typeof contract.listSourceTables>> {
  authorise(context, "sources:read");
  const { lastGoodBackupId } = await loadSource(context.db, input.params.id, context.now());
  if (lastGoodBackupId === null) return { backupId: null, tables: [] };
  const tables = await context.db
    .select({ schema: backupTables.schema, table: backupTables.table, rows: backupTables.rows, bytes: backupTables.bytes })
    .from(backupTables)
    .where(eq(backupTables.backupId, lastGoodBackupId))
    .orderBy(asc(backupTables.schema), asc(backupTables.table));
  return { backupId: lastGoodBackupId, tables };
}
