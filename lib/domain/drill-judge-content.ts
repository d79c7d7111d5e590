import type { Comparison } from "./compare-tables.ts";
import { differs, type Judgement, passed, shown } from "./drill-judgement.ts";

/**
 * Rows and digest of every table. `filePair` are the digests of a whole file, where the copy is one.
 */
export function judgeContent(
  { tables, equal, different, rowsExpected, rowsActual, countedOnly }: Comparison,
  filePair: { readonly expected: string; readonly actual: string } | null = null,
): Judgement {
  const counted = equal + different;
  const expected = `${counted} tables, ${rowsExpected} rows${filePair === null ? "" : `, SHA-256 ${filePair.expected}`}`;
  const lines = tables
    .filter(({ verdict }) => verdict === "different" || verdict === "missing")
    .map((table) => {
      const name = shown(table);
      if (table.actualRows === null) return `${name}: missing, ${table.expectedRows} rows expected`;
      if (table.actualRows !== table.expectedRows) return `${name}: ${table.expectedRows} rows expected, ${table.actualRows} found`;
      return `${name}: ${table.expectedRows} rows, but another content: SHA-256 ${table.expectedSha256} expected, ${table.actualSha256} found`;
    });
  const isSameFile = filePair === null || filePair.expected === filePair.actual;
  if (lines.length === 0 && isSameFile)
    return passed(expected, allEqual(counted, rowsActual, countedOnly, filePair), notes(countedOnly, filePair));
  const actual = lines.length === 0 ? `all rows, but SHA-256 ${filePair?.actual}` : `${different} tables differ, ${rowsActual} rows`;
  return differs(
    lines.length === 0 ? expected : `${equal + different} tables equal`,
    lines.length === 0 ? actual : `${different} differ, first ${lines[0]}`,
    [actual, ...lines].join("\n"),
  );
}

function allEqual(counted: number, rows: number, countedOnly: number, filePair: object | null): string {
  const how = filePair !== null || countedOnly === counted ? "" : ", every digest equal";
  return `${counted} tables, ${rows} rows${how}${filePair === null ? "" : ", the file byte for byte"}`;
}

function notes(countedOnly: number, filePair: object | null): string {
  return countedOnly === 0 || filePair !== null
    ? ""
    : `${countedOnly} tables were compared by their rows alone: no digest of them was recorded`;
}
