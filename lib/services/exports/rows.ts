import { csvRecord } from "#lib/domain/csv";

/** One column of a file: its name and what stands in it. Nothing known is an empty field. */
export type ExportColumn<Row> = readonly [name: string, read: (row: Row) => string | number | boolean | null];

/** One page of a list from a cursor on; `undefined` is the first. */
export type ReadPage<Row> = (after: string | undefined) => Promise<{ readonly items: readonly Row[]; readonly next: string | null }>;

/** Rows that are held in memory at a time. */
export const exportPageSize = 1000;

/** The rows as CSV by RFC 4180, in pieces of one page each: what is exported may be larger than memory. */
export async function* csvPieces<Row>(columns: readonly ExportColumn<Row>[], readPage: ReadPage<Row>): AsyncGenerator<string, void> {
  yield csvRecord(columns.map(([name]) => name));
  for await (const items of pagesOf(readPage)) {
    yield items.map((row) => csvRecord(columns.map(([, read]) => String(read(row) ?? "")))).join("");
  }
}

/** The rows as one JSON array, a row a line, in pieces of one page each. `shape` takes away what an answer must not name. */
export async function* jsonPieces<Row>(shape: (row: Row) => unknown, readPage: ReadPage<Row>): AsyncGenerator<string, void> {
  let before = "[\n";
  for await (const items of pagesOf(readPage)) {
    yield before + items.map((row) => JSON.stringify(shape(row))).join(",\n");
    before = ",\n";
  }
  yield before === "[\n" ? "[]\n" : "\n]\n";
}

async function* pagesOf<Row>(readPage: ReadPage<Row>): AsyncGenerator<readonly Row[], void> {
  let after: string | undefined;
  do {
    const { items, next } = await readPage(after);
    if (items.length > 0) yield items;
    after = next ?? undefined;
  } while (after !== undefined);
}
