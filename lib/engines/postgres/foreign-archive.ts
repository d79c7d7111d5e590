import type { FileHandle } from "node:fs/promises";
import { LifeboatError } from "#lib/domain/error";
import { readStatement } from "#lib/domain/script-statement";
import type { EngineContext, ForeignArchive, TableDigest } from "../port.ts";
import { ArchiveReader } from "./archive-reader.ts";
import { type ForeignTable, readCompressedData } from "./foreign-data.ts";
import { type ForeignToc, readForeignToc } from "./foreign-toc.ts";
import { unknownSha256 } from "./snapshot.ts";

/** The text of these types depends on settings of the session that dumped them: their digest would not be that of a copy. */
const dependsOnSession = /time zone|timestamptz|timetz|tstz|\bmoney\b|\bbytea\b|\bxml\b/i;

/**
 * Reads an archive from its first byte to its last: exact rows of every table, and the digest where a copy's would be the same. Throws
 * `stream-cut` { detail } when it is not whole, `format-unknown`. Nothing of it is executed.
 */
export async function readForeignArchive(file: FileHandle, context: EngineContext): Promise<ForeignArchive> {
  const toc = await readForeignToc(file);
  const { signal } = context;
  const found = toc.compression === "none" ? await readPlainData(file, toc, signal) : await readCompressedData(file, toc, signal);
  const { tables, warnings } = tablesOf(toc, found);
  const version = (text: string) => /^\d+(?:\.\d+)*/.exec(text)?.[0] ?? text.slice(0, 40);
  return {
    serverVersion: version(toc.serverVersion),
    toolVersion: version(toc.toolVersion),
    database: toc.database,
    tables,
    warnings,
    extensions: toc.entries.filter(({ description }) => description === "EXTENSION").map(({ tag }) => tag),
    roles: rolesOf(toc),
    tablespaces: [...new Set(toc.entries.map(({ tablespace }) => tablespace).filter((name) => name !== ""))],
    headBytes: toc.dataOffset,
  };
}

async function readPlainData(file: FileHandle, toc: ForeignToc, signal: AbortSignal): Promise<ForeignTable[]> {
  const reader = new ArchiveReader();
  for await (const chunk of file.createReadStream({ autoClose: false, start: 0, highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    signal.throwIfAborted();
    reader.push(chunk);
  }
  const { facts } = reader.end();
  if (facts.cut !== null) throw new LifeboatError("stream-cut", { detail: facts.cut });
  if (facts.unread !== null) return [];
  const ids = new Map(toc.entries.filter(isRows).map((entry) => [`${entry.namespace}\0${entry.tag}`, entry.dumpId]));
  return facts.tables.flatMap(({ schema, table, rows, bytes, sha256 }) => {
    const dumpId = ids.get(`${schema}\0${table}`);
    return dumpId === undefined ? [] : [{ dumpId, rows, bytes, sha256 }];
  });
}

const isRows = ({ description, copy }: ForeignToc["entries"][number]) => description === "TABLE DATA" && copy !== "";

function tablesOf(toc: ForeignToc, found: readonly ForeignTable[]): { tables: TableDigest[]; warnings: string[] } {
  const byId = new Map(found.map((table) => [table.dumpId, table]));
  const wanted = toc.entries.filter(({ description }) => description === "TABLE DATA");
  const definitions = new Map(
    toc.entries.filter(({ description }) => description === "TABLE").map((each) => [`${each.namespace}\0${each.tag}`, each.definition]),
  );
  const major = Number.parseInt(toc.serverVersion, 10);
  const areTypesPlain = !toc.entries.some(
    ({ description, definition }) => /^(?:TYPE|DOMAIN)$/.test(description) && dependsOnSession.test(definition),
  );
  const tables = wanted.flatMap((entry): TableDigest[] => {
    const known = byId.get(entry.dumpId);
    if (known === undefined) return [];
    // Before PostgreSQL 12 floating point numbers were written with other digits.
    const isComparable =
      areTypesPlain && major >= 12 && !dependsOnSession.test(definitions.get(`${entry.namespace}\0${entry.tag}`) ?? "time zone");
    const sha256 = isComparable ? known.sha256 : unknownSha256;
    return [{ schema: entry.namespace, table: entry.tag, rows: known.rows, bytes: known.bytes, sha256, excluded: false }];
  });
  const counted = tables.filter(({ sha256 }) => sha256 === unknownSha256).length;
  const unread = wanted.length - tables.length;
  const warnings = [
    ...(unread > 0
      ? [`the rows of ${unread} of ${wanted.length} tables could not be counted in the archive; a restore cannot compare them`]
      : []),
    ...(counted > 0
      ? [`${counted} tables hold types whose text depends on the session that dumped them; a restore compares their number of rows alone`]
      : []),
  ];
  return { tables, warnings };
}

function rolesOf(toc: ForeignToc): string[] {
  const roles = new Set(toc.entries.map(({ owner }) => owner).filter((owner) => owner !== ""));
  for (const { description, definition } of toc.entries) {
    if (description !== "ACL" && description !== "DEFAULT ACL") continue;
    for (const statement of definition.split(";\n")) for (const role of readStatement(statement).roles) roles.add(role);
  }
  return [...roles].filter((role) => !role.startsWith("pg_")).sort();
}
