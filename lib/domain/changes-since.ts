type Table = { readonly schema: string; readonly table: string };

/** Rows of a table in a backup. `excluded`: its rows were left out on purpose. */
export type BackupRows = Table & { readonly rows: number; readonly excluded: boolean };
/** Rows of a table in the source now; null where nobody knows, and `exact` false where it is the server's own estimate. */
export type SourceRows = Table & { readonly rows: number | null; readonly exact: boolean };

/** A table whose counts differ. `backupRows` null: it is new; `sourceRows` null with `exact`: it is gone from the source. */
export type TableChange = Table & { readonly backupRows: number | null; readonly sourceRows: number | null; readonly exact: boolean };

export type ChangesSince = { readonly tables: TableChange[]; readonly unchanged: number; readonly truncated: boolean };

/** Names may hold any character; JSON keeps the two apart. */
const keyOf = ({ schema, table }: Table) => JSON.stringify([schema, table]);

/** How much a restore would take back: the larger the difference, the sooner it is told. */
const weight = ({ backupRows, sourceRows }: TableChange) => Math.abs((sourceRows ?? 0) - (backupRows ?? 0));

/**
 * What a restore would take back, as far as counts tell: tables whose rows differ between backup and source, the largest difference
 * first, at most `limit`. Tables that were left out of the backup (or whose schema was) say nothing and are in neither list.
 */
export function changesSince(
  backup: { readonly tables: readonly BackupRows[]; readonly excludedSchemas: readonly string[] },
  source: readonly SourceRows[],
  limit: number,
): ChangesSince {
  const leftOut = new Set(backup.tables.filter(({ excluded }) => excluded).map(keyOf));
  const excludedSchemas = new Set(backup.excludedSchemas);
  const isCompared = (table: Table) => !excludedSchemas.has(table.schema) && !leftOut.has(keyOf(table));
  const now = new Map(source.filter(isCompared).map((table) => [keyOf(table), table]));
  const before = new Map(backup.tables.filter(isCompared).map((table) => [keyOf(table), table]));
  const kept = [...before].map(([key, { schema, table, rows }]): TableChange => {
    const found = now.get(key);
    return { schema, table, backupRows: rows, sourceRows: found?.rows ?? null, exact: found?.exact ?? true };
  });
  const added = [...now]
    .filter(([key]) => !before.has(key))
    .map(([, { schema, table, rows, exact }]): TableChange => ({ schema, table, backupRows: null, sourceRows: rows, exact }));
  const all = [...kept, ...added];
  const changed = all
    .filter(({ backupRows, sourceRows }) => backupRows === null || backupRows !== sourceRows)
    .toSorted((left, right) => weight(right) - weight(left) || (keyOf(left) < keyOf(right) ? -1 : 1));
  return { tables: changed.slice(0, limit), unchanged: all.length - changed.length, truncated: changed.length > limit };
}
