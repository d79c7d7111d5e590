/** Values of a row before and after a change, by field. */
export type Fields = Readonly<Record<string, unknown>>;

function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function pick(fields: Fields, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]));
}

/** Keeps of both sides only the fields whose values differ. Values are compared as JSON: dates, lists and nested objects count by content. */
export function changedFields(before: Fields, after: Fields): { before: Record<string, unknown>; after: Record<string, unknown> } {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => !same(before[name], after[name]));
  return { before: pick(before, names), after: pick(after, names) };
}
