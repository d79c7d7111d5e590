import type { z } from "zod";
import type { getDeleteConsequences } from "#lib/contracts/backups";

type Consequences = Pick<z.output<typeof getDeleteConsequences.response>, "storedBytes" | "dependents" | "pinned">;

export type Deletion = { readonly blocked: boolean; readonly count: number; readonly bytes: number };

/** What a delete takes, with or without what needs it. Blocked while nobody knows, by pins, and by dependents that are to stay. */
export function deletion(found: Consequences | undefined, ownBytes: number, together: boolean): Deletion {
  if (found === undefined) return { blocked: true, count: 1, bytes: ownBytes };
  const { dependents, storedBytes } = found;
  if (!together) return { blocked: found.pinned || dependents.length > 0, count: 1, bytes: storedBytes };
  return {
    blocked: found.pinned || dependents.some(({ pinned }) => pinned),
    count: 1 + dependents.length,
    bytes: dependents.reduce((sum, each) => sum + each.storedBytes, storedBytes),
  };
}
