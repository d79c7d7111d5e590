import { LifeboatError } from "#lib/domain/error";
import type { ArchiveObjects, DumpedObject } from "../copy-port.ts";
import type { ArchiveHeader, TocEntry } from "./archive-format.ts";
import { readArchiveFront } from "./pg-restore.ts";

/** Entries that are data, settings of the archive, or texts about objects; and forms that differ from one version of pg_dump to another. */
const passedOver: ReadonlySet<string> = new Set([
  "TABLE DATA",
  "SEQUENCE SET",
  "BLOB",
  "BLOBS",
  "BLOB METADATA",
  "MATERIALIZED VIEW DATA",
  "STATISTICS DATA",
  "ENCODING",
  "STDSTRINGS",
  "SEARCHPATH",
  "DATABASE",
  "DATABASE PROPERTIES",
  "COMMENT",
  "SHELL TYPE",
  "TABLE ATTACH",
  "INDEX ATTACH",
]);

/** Objects, owners and grants that the front of an archive names. Throws `format-unknown` { detail } for a version that is not known. */
export async function archiveObjects(archivePath: string): Promise<ArchiveObjects> {
  const front = await readArchiveFront(archivePath);
  if (front === null) throw new LifeboatError("format-unknown", { detail: "its table of contents cannot be read" });
  return namedObjects(front.header, front.entries);
}

export function namedObjects(header: ArchiveHeader, entries: readonly TocEntry[]): ArchiveObjects {
  return {
    serverVersion: header.serverVersion,
    objects: entries.filter(({ description }) => !passedOver.has(description)).map(dumpedObject),
  };
}

function dumpedObject({ description, tag, namespace, owner, definition }: TocEntry): DumpedObject {
  const isGrants = description === "ACL" || description === "DEFAULT ACL";
  const named = { type: description, schema: namespace, name: tag, owner, grants: isGrants ? grantStatements(definition ?? "") : [] };
  return /\bNOT VALID;?\s*$/.test(definition ?? "") ? { ...named, isNotValid: true } : named;
}

/** Sorted, one line each. Whom a grant was made by is left out: the lines that change the session's user are not grants. */
function grantStatements(definition: string): string[] {
  return statements(definition)
    .filter((statement) => /^(GRANT|REVOKE|ALTER DEFAULT PRIVILEGES)\b/.test(statement))
    .toSorted();
}

/** Cuts at semicolons outside of quoted names. */
function statements(text: string): string[] {
  const found = text.match(/(?:"(?:[^"]|"")*"|[^";])+/g) ?? [];
  return found.map((statement) => statement.replaceAll(/\s+/g, " ").trim()).filter((statement) => statement !== "");
}
