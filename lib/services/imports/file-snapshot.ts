import type { BackupManifest } from "#lib/db/schema/backups";
import type { StreamExtension } from "#lib/domain/backup-state";
import type { OpenSnapshot, StreamChunk, TableDigest } from "#lib/engines/port";

/** What is known of a file that is stored as it is. */
export type StoredAsItIs = {
  readonly snapshotAt: Date;
  readonly serverVersion: string;
  readonly toolVersion: string;
  readonly extension: StreamExtension;
  readonly bytes: number;
  readonly tables: readonly TableDigest[];
  readonly manifest: BackupManifest;
  readonly warnings: readonly string[];
  /** Length of an archive's header and table of contents; 0 where there is none. */
  readonly headBytes: number;
  readonly read: () => AsyncIterable<Buffer>;
};

/** A manifest of which nothing is known. */
export const emptyManifest: BackupManifest = {
  properties: null,
  extensions: [],
  roles: [],
  tablespaces: [],
  globalsSql: null,
  sequences: [],
  migrationHead: null,
  excludedSchemas: [],
  excludedTables: [],
};

/** A file as the pipeline takes snapshots: what comes out is the file, byte for byte. */
export function fileSnapshot(file: StoredAsItIs): OpenSnapshot {
  const { snapshotAt, serverVersion, toolVersion, extension, bytes, tables, manifest, warnings } = file;
  return {
    snapshotAt,
    serverVersion,
    toolVersion,
    extension,
    estimatedBytes: bytes,
    chunks: () => cutBehindHead(file.read(), file.headBytes),
    progress: () => ({ tablesDone: 0, tablesTotal: null, currentTable: null }),
    finish: () => Promise.resolve({ tables, manifest, warnings, digestsFromStream: true }),
    close: () => Promise.resolve(),
  };
}

/** A segment begins where the data do, and the head is kept for the archive's listing. */
async function* cutBehindHead(source: AsyncIterable<Buffer>, headBytes: number): AsyncIterable<StreamChunk> {
  let passed = 0;
  for await (const chunk of source) {
    const at = headBytes - passed;
    passed += chunk.length;
    if (at <= 0 || at >= chunk.length) yield { bytes: chunk, cut: at === 0 && headBytes > 0 };
    else {
      yield { bytes: chunk.subarray(0, at), cut: false };
      yield { bytes: chunk.subarray(at), cut: true };
    }
  }
}
