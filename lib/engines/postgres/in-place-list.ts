import type { TocEntry } from "./archive-format.ts";

/** What stands in the target and matters for an archive that replaces its contents. */
export type InPlaceFacts = {
  readonly extensions: readonly string[];
  readonly schemas: readonly { readonly name: string; readonly isOwned: boolean }[];
};

/**
 * The dump ids that replace the contents of a database which stays: all but extensions and schemas that are there already. Dropping those
 * would take, or fail on, what else lives in them; their comments go with them where the role may not set them.
 */
export function selectInPlace(entries: readonly TocEntry[], facts: InPlaceFacts): number[] {
  const extensions = new Set(facts.extensions);
  const schemas = new Map(facts.schemas.map((schema) => [schema.name, schema]));
  const kept = new Set<number>();
  const foreign = new Set<number>();
  for (const { dumpId, description, tag } of entries) {
    if (description === "EXTENSION" && extensions.has(tag)) foreign.add(dumpId);
    if (description === "SCHEMA" && schemas.get(tag)?.isOwned === false) foreign.add(dumpId);
    if (foreign.has(dumpId) || (description === "SCHEMA" && schemas.has(tag))) kept.add(dumpId);
  }
  return entries
    .filter((entry) => !kept.has(entry.dumpId) && !(entry.description === "COMMENT" && entry.dependencies.some((id) => foreign.has(id))))
    .map((entry) => entry.dumpId);
}
