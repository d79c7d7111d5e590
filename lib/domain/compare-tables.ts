export type TableFacts = { readonly schema: string; readonly table: string; readonly rows: number; readonly sha256: string };
export type ExpectedTable = TableFacts & { readonly excluded: boolean };
export type TableName = { readonly schema: string; readonly table: string };

/** One table of the comparison; the contract `tableComparison` has the same shape. */
export type TableComparison = {
  schema: string;
  table: string;
  expectedRows: number;
  actualRows: number | null;
  expectedSha256: string;
  actualSha256: string | null;
  verdict: "equal" | "different" | "missing" | "not-restored";
};

export type Comparison = {
  readonly tables: TableComparison[];
  readonly equal: number;
  readonly different: number;
  readonly rowsExpected: number;
  readonly rowsActual: number;
  /** Tables that were compared by their rows alone, because a digest is not known. */
  readonly countedOnly: number;
};

/** What stands in the place of a digest where the archive could not be read as it passed: only its rows were counted. */
const unknownDigests: ReadonlySet<string> = new Set(["", "0".repeat(64)]);

function hasNoDigest({ expectedSha256, actualSha256 }: Pick<TableComparison, "expectedSha256" | "actualSha256">): boolean {
  return unknownDigests.has(expectedSha256) || unknownDigests.has(actualSha256 ?? "");
}

/** Whether a backup's tables say what a copy of all of them must hold: one at least, and a digest of each whose data is in it. */
export function hasContent(tables: readonly Pick<ExpectedTable, "sha256" | "excluded">[]): boolean {
  const stored = tables.filter(({ excluded }) => !excluded);
  return stored.length > 0 && stored.every(({ sha256 }) => !unknownDigests.has(sha256));
}

/** A name that no two tables share, whatever characters they have. */
export function tableKey(name: TableName): string {
  return JSON.stringify([name.schema, name.table]);
}

/**
 * Compares a restored copy with the backup, table by table, exactly: rows and content digest. Tables whose data was left out of the
 * backup, was not asked for, or is not part of a schema-only restore are `not-restored` and count neither way.
 */
export function compareTables(
  expected: readonly ExpectedTable[],
  actual: readonly TableFacts[],
  wanted: { content: "all" | "schema" | "data"; tables: readonly TableName[] },
): Comparison {
  const found = new Map(actual.map((table) => [tableKey(table), table]));
  const chosen = wanted.tables.length === 0 ? null : new Set(wanted.tables.map(tableKey));
  const tables = expected.map((table): TableComparison => {
    const copy = found.get(tableKey(table)) ?? null;
    const restored = wanted.content !== "schema" && !table.excluded && (chosen === null || chosen.has(tableKey(table)));
    const sides = { expectedSha256: table.sha256, actualSha256: copy?.sha256 ?? null };
    const equal = copy !== null && copy.rows === table.rows && (hasNoDigest(sides) || copy.sha256 === table.sha256);
    return {
      schema: table.schema,
      table: table.table,
      expectedRows: table.rows,
      actualRows: copy?.rows ?? null,
      ...sides,
      verdict: !restored ? "not-restored" : copy === null ? "missing" : equal ? "equal" : "different",
    };
  });
  const counted = tables.filter((table) => table.verdict !== "not-restored");
  return {
    tables,
    equal: counted.filter((table) => table.verdict === "equal").length,
    different: counted.filter((table) => table.verdict !== "equal").length,
    rowsExpected: counted.reduce((sum, table) => sum + table.expectedRows, 0),
    rowsActual: counted.reduce((sum, table) => sum + (table.actualRows ?? 0), 0),
    countedOnly: counted.filter((table) => table.actualSha256 !== null && hasNoDigest(table)).length,
  };
}
