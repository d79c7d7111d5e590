const longestBytes = 63;

/**
 * Name of the copy that a drill restores: `<database>_drill_<yyyymmdd>_<6 hex>`, at most 63 bytes of UTF-8. Nothing that is live is called so, and
 * whoever sees it on a server knows what it is. `random` are six hexadecimal digits.
 */
export function drillDatabaseName(database: string, day: Date, random: string): string {
  const suffix = `_drill_${day.toISOString().slice(0, 10).replaceAll("-", "")}_${random}`;
  return cutToBytes(database, longestBytes - suffix.length) + suffix;
}

function cutToBytes(text: string, most: number): string {
  const encoder = new TextEncoder();
  let kept = "";
  let bytes = 0;
  for (const character of text) {
    bytes += encoder.encode(character).length;
    if (bytes > most) break;
    kept += character;
  }
  return kept;
}
