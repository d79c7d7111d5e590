/** `backupId` cannot be restored without `needsId`. */
export type NeedEdge = { readonly backupId: string; readonly needsId: string };

/** Everything that needs one of `ids`, directly or through another; `ids` themselves are left out. */
export function dependentsOf(ids: Iterable<string>, edges: readonly NeedEdge[]): Set<string> {
  const byNeed = Map.groupBy(edges, (edge) => edge.needsId);
  const start = new Set(ids);
  const found = new Set<string>();
  const open = [...start];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const { backupId } of byNeed.get(id) ?? []) {
      if (start.has(backupId) || found.has(backupId)) continue;
      found.add(backupId);
      open.push(backupId);
    }
  }
  return found;
}

/**
 * The order in which `ids` can be removed so that at no moment something is left that needs what is gone: dependents first. Where nothing
 * decides, the given order stays. Needs that go in a circle (nobody writes such) end in the given order, too.
 */
export function removalOrder(ids: readonly string[], edges: readonly NeedEdge[]): string[] {
  const wanted = new Set(ids);
  const neededBy = Map.groupBy(
    edges.filter((edge) => wanted.has(edge.backupId) && wanted.has(edge.needsId)),
    (edge) => edge.needsId,
  );
  const ordered = new Set<string>();
  const visiting = new Set<string>();
  const visit = (id: string) => {
    if (ordered.has(id) || visiting.has(id)) return;
    visiting.add(id);
    for (const { backupId } of neededBy.get(id) ?? []) visit(backupId);
    ordered.add(id);
  };
  for (const id of ids) visit(id);
  return [...ordered];
}
