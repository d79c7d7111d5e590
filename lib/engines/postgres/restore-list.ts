import type { TableRef } from "../port.ts";
import type { TocEntry } from "./archive-format.ts";

/** Entries that belong to a table: restored with it when every table they depend on is chosen. */
const belongings = new Set([
  "DEFAULT",
  "CONSTRAINT",
  "CHECK CONSTRAINT",
  "FK CONSTRAINT",
  "INDEX",
  "TRIGGER",
  "RULE",
  "POLICY",
  "ROW SECURITY",
  "STATISTICS",
  "SEQUENCE OWNED BY",
  "ACL",
  "COMMENT",
  "SECURITY LABEL",
  "TABLE ATTACH",
  "INDEX ATTACH",
  "TABLE DATA",
  "SEQUENCE SET",
]);

/**
 * The dump ids of chosen tables with all that they need: their schema, types and functions they depend on, sequences they own,
 * partitions of a chosen parent, indexes, constraints and triggers. Foreign keys to tables that are not chosen, and views, stay out.
 * Order is the archive's own.
 */
export function selectEntries(entries: readonly TocEntry[], tables: readonly TableRef[]): number[] {
  const byId = new Map(entries.map((entry) => [entry.dumpId, entry]));
  const wanted = new Set(tables.map(({ schema, table }) => JSON.stringify([schema, table])));
  const isTable = (entry: TocEntry | undefined) => entry?.description === "TABLE" || entry?.description === "FOREIGN TABLE";
  const key = (entry: TocEntry) => JSON.stringify([entry.namespace, entry.tag]);
  addPartitions(entries, byId, wanted);

  const selected = new Set(entries.filter((entry) => isTable(entry) && wanted.has(key(entry))).map((entry) => entry.dumpId));
  const need = (id: number) => {
    const entry = byId.get(id);
    if (entry === undefined || selected.has(id) || isTable(entry)) return;
    selected.add(id);
    entry.dependencies.forEach(need);
  };
  const tableIds = Array.from(selected);
  for (const id of tableIds) byId.get(id)!.dependencies.forEach(need);
  // Belongings may hang on other belongings (a comment on an index): until nothing is added any more.
  for (let size = -1; size !== selected.size;) {
    size = selected.size;
    for (const entry of entries) {
      if (!belongings.has(entry.description) || selected.has(entry.dumpId)) continue;
      const needed = entry.dependencies.flatMap((id) => byId.get(id) ?? []);
      const allowed = needed.every((other) => !isTable(other) || selected.has(other.dumpId));
      if (allowed && needed.some((other) => selected.has(other.dumpId) && other.description !== "SCHEMA" && isOwn(entry, other)))
        need(entry.dumpId);
    }
  }
  return entries.filter((entry) => selected.has(entry.dumpId)).map((entry) => entry.dumpId);
}

/** An index that needs a chosen table's type is not the table's own; one that needs the table, or what hangs on it, is. */
function isOwn(entry: TocEntry, other: TocEntry): boolean {
  const carriers = new Set(["TABLE", "FOREIGN TABLE", "SEQUENCE", "INDEX", "CONSTRAINT"]);
  return carriers.has(other.description) || entry.description === "COMMENT" || entry.description === "ACL";
}

/** A chosen parent brings its partitions, however deep. `TABLE ATTACH` names the partition and depends on both. */
function addPartitions(entries: readonly TocEntry[], byId: ReadonlyMap<number, TocEntry>, wanted: Set<string>): void {
  const attachments = entries.filter((entry) => entry.description === "TABLE ATTACH");
  for (let size = -1; size !== wanted.size;) {
    size = wanted.size;
    for (const attachment of attachments) {
      const child = JSON.stringify([attachment.namespace, attachment.tag]);
      const others = attachment.dependencies
        .flatMap((id) => byId.get(id) ?? [])
        .map((entry) => JSON.stringify([entry.namespace, entry.tag]));
      if (others.some((other) => other !== child && wanted.has(other))) wanted.add(child);
    }
  }
}

/** The text of a list file for `pg_restore --use-list`: ids only, so that no name in it can be misread. */
export function listFile(ids: readonly number[]): string {
  return ids.map((id) => `${id};\n`).join("");
}
