const maxBytes = 63;

/**
 * A name for the new database: `<database>_restored_<yyyymmdd>`, cut to PostgreSQL's 63 bytes of UTF-8 without splitting a character,
 * and numbered when the target already has it. `date` is the backup's snapshot time.
 */
export function suggestName(database: string, date: string, existing: readonly string[] = []): string {
  const taken = new Set(existing);
  const suffix = suffixOf(date);
  for (let nth = 1; ; nth += 1) {
    const tail = nth === 1 ? suffix : `${suffix}_${nth}`;
    const name = cutToBytes(database, maxBytes - byteLength(tail)) + tail;
    if (!taken.has(name)) return name;
  }
}

/** A path beside the original file: `/data/shop.db` becomes `/data/shop_restored_<yyyymmdd>.db`. */
export function suggestFile(path: string, date: string): string {
  const [, before = path, extension = ""] = /^(.*?)(\.[^./]*)?$/s.exec(path) ?? [];
  return before + suffixOf(date) + extension;
}

function suffixOf(date: string): string {
  return `_restored_${date.slice(0, 10).replaceAll("-", "")}`;
}

/** Length in bytes of UTF-8, which is what PostgreSQL's limit counts. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

function cutToBytes(text: string, bytes: number): string {
  let cut = "";
  for (const character of text) {
    if (byteLength(cut + character) > bytes) break;
    cut += character;
  }
  return cut;
}
