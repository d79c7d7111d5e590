/** PostgreSQL cuts longer names off silently, in bytes. */
const maxNameBytes = 63;

const bytesOf = (text: string) => new TextEncoder().encode(text).length;

/** `name` and the whole `suffix` in at most 63 bytes of UTF-8, cut between characters. */
function withSuffix(name: string, suffix: string): string {
  let room = maxNameBytes - bytesOf(suffix);
  let kept = "";
  for (const character of name) {
    room -= bytesOf(character);
    if (room < 0) break;
    kept += character;
  }
  return kept + suffix;
}

/** The first name with that suffix, or with `_2`, `_3` … behind it, that is not in `existing`. */
function freeName(name: string, suffix: string, existing: readonly string[]): string {
  const taken = new Set(existing);
  for (let nth = 1; ; nth += 1) {
    const candidate = withSuffix(name, nth === 1 ? suffix : `${suffix}_${nth}`);
    if (!taken.has(candidate)) return candidate;
  }
}

/** `20261122T032500Z` */
function compactTime(at: Date): string {
  return at.toISOString().replaceAll(/[-:]|\.\d+/g, "");
}

/** What a database is called once another one has its name: `shop_before_20261122T032500Z`. */
export function keptNameOf(name: string, at: Date, existing: readonly string[] = []): string {
  return freeName(name, `_before_${compactTime(at)}`, existing);
}

/** What the copy is called until it takes the name over. Of the restore's id the last twelve letters and digits tell one from another. */
export function siblingNameOf(name: string, restoreId: string, existing: readonly string[] = []): string {
  return freeName(name, `_restoring_${restoreId.replaceAll(/[^A-Za-z0-9]/g, "").slice(-12)}`, existing);
}

/** What the restored copy is called after an undo. */
export function restoredNameOf(name: string, at: Date, existing: readonly string[] = []): string {
  return freeName(name, `_restored_${compactTime(at)}`, existing);
}
