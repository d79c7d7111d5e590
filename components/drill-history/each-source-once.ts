/**
 * The rows of all pages, each source once. One that was renamed or proven between two pages is on both: it stands where it was told last,
 * until the list is read again.
 */
export function eachSourceOnce<Row extends { readonly sourceId: string }>(pages: readonly { readonly items: readonly Row[] }[]): Row[] {
  const rows = pages.flatMap(({ items }) => items);
  const last = new Map(rows.map((row) => [row.sourceId, row]));
  return rows.filter((row) => last.get(row.sourceId) === row);
}
