/** Settings whose value is a list of names, each quoted by itself (`GUC_LIST_QUOTE`; the same list as in `pg_dump`). */
const quotedLists = new Set([
  "local_preload_libraries",
  "search_path",
  "session_preload_libraries",
  "shared_preload_libraries",
  "temp_tablespaces",
  "unix_socket_directories",
]);

/** Takes a stored list apart: names in double quotes are literal, others are folded as the server has done. Null when it is no list. */
export function splitNames(value: string): string[] | null {
  const names: string[] = [];
  const item = /\s*(?:"((?:[^"]|"")*)"|([^\s",]+))\s*(,|$)/y;
  for (let at = 0; at < value.length || names.length === 0;) {
    item.lastIndex = at;
    const match = item.exec(value);
    if (match === null) return null;
    names.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
    if (match[3] === "") return names;
    at = item.lastIndex;
  }
  return null;
}

/** The values behind `SET name TO`: several for a list of names, one for everything else. Reproduces what `pg_db_role_setting` stores. */
export function settingValues(name: string, value: string): string[] {
  return quotedLists.has(name.toLowerCase()) ? (splitNames(value) ?? [value]) : [value];
}
