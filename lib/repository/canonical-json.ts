/** JSON with sorted keys and no spaces: equal values have equal text, whatever wrote them. What an HMAC is made of. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sortKeys(value));
}

/** The same value with the keys of every object in code-unit order. */
export function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  // A null prototype: a key named __proto__ stays a key.
  const sorted = Object.create(null) as Record<string, unknown>;
  for (const [key, each] of entries) sorted[key] = sortKeys(each);
  return sorted;
}
