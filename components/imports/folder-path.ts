/** The folder above `path`; null (the list of allowed folders) above an allowed one. */
export function parentOf(path: string, roots: readonly string[]): string | null {
  const plain = (each: string) => (each.length > 1 ? each.replace(/\/+$/, "") : each);
  if (roots.some((root) => plain(root) === plain(path))) return null;
  const parent = plain(path).replace(/\/[^/]*$/, "");
  return parent === "" ? null : parent;
}
