import type { FingerprintSettings } from "#lib/contracts/fingerprints";
import type { TableName } from "./fingerprint-model.ts";

export type WatchList = "digests" | "growing" | "ignored";

const isSame = (a: TableName) => (b: TableName) => a.schema === b.schema && a.table === b.table;

export function isListed(settings: FingerprintSettings, list: WatchList, name: TableName): boolean {
  return (settings[list] ?? []).some(isSame(name));
}

/** Ticks a table in one of the lists, or takes it out. What is left alone is neither watched nor expected to grow. */
export function withTable(
  settings: FingerprintSettings,
  list: WatchList,
  { schema, table }: TableName,
  isOn: boolean,
): FingerprintSettings {
  const name = { schema, table };
  const without = (names: readonly TableName[]) => names.filter((each) => !isSame(name)(each));
  const next = { ...settings, [list]: isOn ? [...without(settings[list] ?? []), name] : without(settings[list] ?? []) };
  if (!isOn || list !== "ignored") return isOn ? { ...next, ignored: without(next.ignored) } : next;
  return { ...next, digests: without(next.digests), growing: next.growing === null ? null : without(next.growing) };
}

/** Every table that is known now or stands in a list, by name: one that is gone can still be taken out. */
export function tablesOf(known: readonly TableName[], settings: FingerprintSettings): TableName[] {
  const listed = [...settings.digests, ...(settings.growing ?? []), ...settings.ignored];
  const gone = listed.filter((name, index) => !known.some(isSame(name)) && listed.findIndex(isSame(name)) === index);
  return [...known, ...gone].toSorted((a, b) => a.schema.localeCompare(b.schema) || a.table.localeCompare(b.table));
}
