/**
 * The state of a list as its address holds it: filters, search, sort and cursor. A spec names the keys and what they may be;
 * anything else in the address is dropped, so a hand-written address cannot make a page fail.
 */
export type ListSpec = Readonly<Record<string, readonly string[] | "text">>;

export type ListValues<S extends ListSpec> = {
  readonly [K in keyof S]?: S[K] extends readonly (infer V)[] ? V : string;
} & { readonly after?: string };

type Params = { get(name: string): string | null };

const longest = 400;

/** Reads what the spec knows from an address's parameters. */
export function readListValues<S extends ListSpec>(spec: S, params: Params): ListValues<S> {
  const entries = [...Object.entries(spec), ["after", "text"] as const].flatMap(([name, allowed]) => {
    const value = params.get(name);
    if (value === null || value === "" || value.length > longest) return [];
    return allowed === "text" || allowed.includes(value) ? [[name, value]] : [];
  });
  return Object.fromEntries(entries) as ListValues<S>;
}

/** The same for a page's `searchParams` on the server. */
export function readSearchParams<S extends ListSpec>(
  spec: S,
  params: Readonly<Record<string, string | string[] | undefined>>,
): ListValues<S> {
  return readListValues(spec, {
    get: (name) => {
      const value = params[name];
      return (Array.isArray(value) ? value[0] : value) ?? null;
    },
  });
}

/** The address's query for the given values, in the spec's order, without what is empty. Begins with `?` or is empty. */
export function writeListValues<S extends ListSpec>(spec: S, values: ListValues<S>): string {
  const query = new URLSearchParams();
  for (const name of [...Object.keys(spec), "after"]) {
    const value = (values as Record<string, string | undefined>)[name];
    if (value !== undefined && value !== "") query.set(name, value);
  }
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

/** Applies a change. A change of anything but the cursor goes back to the first page: a cursor belongs to one order and one filter. */
export function changeListValues<S extends ListSpec>(values: ListValues<S>, change: ListValues<S>): ListValues<S> {
  return "after" in change ? { ...values, ...change } : { ...values, ...change, after: undefined };
}

/** The next sort when a column's head is pressed: down first (newest, largest), then up, then the list's own order. */
export function nextSort(current: string | undefined, column: string): string | undefined {
  if (current === `-${column}`) return column;
  return current === column ? undefined : `-${column}`;
}
