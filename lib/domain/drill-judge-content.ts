import type { Comparison } from "./compare-tables.ts";
import { differs, failed, type Judgement, passed, shown } from "./drill-judgement.ts";

/**
 * Rows and digest of every table. `filePair` are the digests of a whole file, where the copy is one. Without it, where no table was compared or one
 * of them by its rows alone, the contents are not known to be equal, and the check has failed.
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
  if (lines.length === 0 && isSameFile) {
    const [actual, evidence] = [allEqual(counted, rowsActual, filePair), leftOut(tables)];
    const unknown = filePair === null ? notCompared(counted, countedOnly) : null;
    return unknown === null
      ? passed(expected, actual, evidence)
      : failed(expected, `${counted} tables, ${rowsActual} rows`, { code: "check-not-possible", params: { detail: unknown } }, evidence);
  }
  const actual = lines.length === 0 ? `all rows, but SHA-256 ${filePair?.actual}` : `${different} tables differ, ${rowsActual} rows`;
  return differs(
    lines.length === 0 ? expected : `${equal + different} tables equal`,
    lines.length === 0 ? actual : `${different} differ, first ${lines[0]}`,
    [actual, ...lines].join("\n"),
  );
}

function allEqual(counted: number, rows: number, filePair: object | null): string {
  return `${counted} tables, ${rows} rows${filePair === null ? ", every digest equal" : ", the file byte for byte"}`;
}

function notCompared(counted: number, countedOnly: number): string | null {
  if (counted === 0) return "no table's data was recorded with the backup";
  return countedOnly === 0 ? null : `no digest was recorded of ${countedOnly} tables: only their rows could be counted`;
}

function leftOut(tables: Comparison["tables"]): string {
  const names = tables.filter(({ verdict }) => verdict === "not-restored").map(shown);
  return names.length === 0 ? "" : `not compared, because their data was left out of the backup: ${names.join(", ")}`;
}
