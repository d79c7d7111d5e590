import type { ReadPlanDto, RestorePreviewDto } from "#lib/contracts/restores";

/** Free bytes where the result goes: the server's disk, or the file system of the file; null where nobody tells. */
export function freeOf({ file, serverFreeBytes }: Pick<RestorePreviewDto, "file" | "serverFreeBytes">): number | null {
  return file === null ? serverFreeBytes : file.freeBytes;
}

type ChangedTable = NonNullable<ReadPlanDto["changes"]>["tables"][number];

/** Rows of the source now, less those in the backup; null where one side is not known. */
export function rowDifference({ backupRows, sourceRows }: Pick<ChangedTable, "backupRows" | "sourceRows">): number | null {
  return backupRows === null || sourceRows === null ? null : sourceRows - backupRows;
}

/** What became of a table since the backup. */
export function changeOf(table: Pick<ChangedTable, "backupRows" | "sourceRows">): "new" | "gone" | "more" | "fewer" | "same" {
  if (table.backupRows === null) return "new";
  if (table.sourceRows === null) return "gone";
  const difference = table.sourceRows - table.backupRows;
  return difference === 0 ? "same" : difference > 0 ? "more" : "fewer";
}
