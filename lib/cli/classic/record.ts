import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { z } from "zod";
import { databaseProperties } from "#lib/contracts/backups";
import { LifeboatError } from "#lib/domain/error";
import { CommandError, exitCode } from "../exit-code.ts";
import { exists } from "./dump-file.ts";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const bytes = z.number().int().nonnegative();

/** What stands beside a dump that `db:backup` made, as `<file>.json` (docs/cli.md). Without secrets; not signed. */
export const dumpRecord = z.object({
  format: z.literal("lifeboat-dump-record"),
  formatVersion: z.literal(1),
  file: z.string(),
  /** Of the file as it lies there. */
  bytes,
  sha256,
  /** Of the archive in it, where the file is compressed. */
  archiveBytes: bytes,
  archiveSha256: sha256,
  compression: z.enum(["none", "zstd"]),
  operator: z.string(),
  hostName: z.string(),
  startedAt: z.iso.datetime(),
  snapshotAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  database: z.string(),
  server: z.object({ host: z.string(), port: z.number().int(), version: z.string() }),
  tool: z.string(),
  lifeboat: z.string(),
  tables: z.array(z.object({ schema: z.string(), table: z.string(), rows: bytes, bytes, sha256, excluded: z.boolean() })),
  properties: databaseProperties.nullable(),
  extensions: z.array(z.object({ name: z.string(), version: z.string(), schema: z.string() })),
  roles: z.array(z.string()),
  migrationHead: z.object({ tool: z.string(), head: z.string() }).nullable(),
  warnings: z.array(z.string()),
});
export type DumpRecord = z.infer<typeof dumpRecord>;

export const recordPath = (file: string) => `${file}.json`;

/**
 * Writes the record right before its dump becomes visible, replacing what a dump that is gone left behind. Throws `file-exists` { path } when a dump of
 * that name has come meanwhile: the record there is its own.
 */
export async function writeRecord(file: string, record: DumpRecord): Promise<void> {
  const path = recordPath(file);
  // Another process may be writing one for the same name.
  const temporary = `${path}.${process.pid}.partial`;
  try {
    await writeFile(temporary, `${JSON.stringify(dumpRecord.parse(record), null, 2)}\n`, { mode: 0o600, flush: true });
    if (await exists(file)) throw new LifeboatError("file-exists", { path: file });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** The record beside a dump; null when there is none, or when it is another one's (a pack's sidecar). Refuses one that cannot be read. */
export async function readRecord(file: string): Promise<DumpRecord | null> {
  let text: string;
  try {
    text = await readFile(recordPath(file), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  const document = parse(text);
  const format = (document as { format?: unknown } | null)?.format;
  if (document !== null && format !== "lifeboat-dump-record") return null;
  const parsed = dumpRecord.safeParse(document);
  if (parsed.success) return parsed.data;
  throw new CommandError(
    exitCode.refused,
    `${recordPath(file)} is damaged: the checksum of the dump is not known`,
    "Take it away only if you know by other means that the dump is whole.",
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
