import { createHash } from "node:crypto";
import { tableKey } from "#lib/domain/compare-tables";
import type { ExistingDatabase } from "#lib/engines/port";
import type { BackupFacts } from "../backups/facts.ts";

/**
 * Changes when the backup's tables in a database are dropped and made again. Loading in place does that to all of them in one
 * transaction, so the mark from before it says, after a crash, whether that transaction was committed; what an application writes into
 * the tables does not change it.
 */
export function tablesMark(existing: Pick<ExistingDatabase, "tables">, facts: Pick<BackupFacts, "tables">): string {
  const wanted = new Set(facts.tables.map(tableKey));
  const found = existing.tables.filter((table) => wanted.has(tableKey(table))).map((table) => `${tableKey(table)} ${table.oid}`);
  return createHash("sha256").update(found.sort().join("\n")).digest("hex");
}
