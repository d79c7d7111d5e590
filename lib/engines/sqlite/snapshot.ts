import { open, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { LifeboatError } from "#lib/domain/error";
import { fits, neededBytes } from "#lib/domain/space";
import type { FileChecks, FileSnapshot, FileSnapshotRequest } from "../file-port.ts";
import type { EngineContext, SnapshotManifest, StreamChunk, TableDigest } from "../port.ts";
import { checkFile } from "./check-file.ts";
import type { ChildEvent } from "./child-protocol.ts";
import { countWriters } from "./open-by.ts";
import { type PathRules, pathError, resolveFile } from "./paths.ts";
import { runChild } from "./run-child.ts";

export type SnapshotOptions = { readonly rules: PathRules; readonly version: string; readonly lockWaitMs: number };

const chunkBytes = 1024 * 1024;
/** The contents of a table have no digest of their own: the file has one, and it is restored byte for byte. */
const noDigest = "0".repeat(64);

/**
 * Copies the file into the work folder with SQLite's online backup, and starts the checks of the copy. Both run in processes of their
 * own. The stream is the copy, byte for byte. Refuses a path that no longer resolves to itself: links are followed once, when the
 * source is made.
 */
export async function openFileSnapshot(
  { rules, version, lockWaitMs }: SnapshotOptions,
  request: FileSnapshotRequest,
  context: EngineContext,
  onCopied: (bytesDone: number, bytesTotal: number) => void = () => undefined,
): Promise<FileSnapshot> {
  const { path, bytes, identity } = await resolveFile(request.path, rules);
  if (path !== request.path) throw new LifeboatError("file-changed", { path: request.path });
  await assertRoom(context.workDir, bytes);
  const to = join(context.workDir, "snapshot.db");
  const copied = await copy({ path, identity, to, lockWaitMs, context, onCopied });
  const ending = new AbortController();
  const checkContext = { ...context, signal: AbortSignal.any([context.signal, ending.signal]) };
  const checked = checkFile(to, checkContext).then((checks) => judge(checks, request.keepDamaged));
  // Whoever reads the stream asks for it at the end; until then a failure must not end the process.
  checked.catch(() => undefined);
  const { size } = await statOf(to);
  return {
    snapshotAt: new Date(copied.at),
    serverVersion: version,
    toolVersion: version,
    estimatedBytes: size,
    extension: "db",
    copy: { bytes: size, pages: copied.pages, journalMode: copied.journalMode, restarts: copied.restarts },
    checked,
    chunks: () => readChunks(to, context.signal),
    progress: () => ({ tablesDone: 0, tablesTotal: null, currentTable: null }),
    finish: async () => {
      const checks = await checked;
      context.signal.throwIfAborted();
      return { tables: checks.tables.map(digestOf), manifest: emptyManifest(), warnings: warningsOf(checks), digestsFromStream: true };
    },
    close: async () => {
      ending.abort(new LifeboatError("run-cancelled"));
      await checked.catch(() => undefined);
      await rm(to, { force: true });
    },
  };
}

type Copied = Extract<ChildEvent, { event: "copied" }>;

async function copy(order: {
  path: string;
  identity: string;
  to: string;
  lockWaitMs: number;
  context: EngineContext;
  onCopied: (bytesDone: number, bytesTotal: number) => void;
}): Promise<Copied> {
  const { path, identity, to, context } = order;
  const found: { copied: Copied | null } = { copied: null };
  try {
    await runChild({ command: "copy", path, identity, to, busyMs: order.lockWaitMs }, context, (event) => {
      if (event.event === "copying") order.onCopied(event.bytesDone, event.bytesTotal);
      if (event.event === "copied") found.copied = event;
    });
  } catch (error) {
    throw await withNumbers({ path, to }, error);
  }
  if (found.copied === null) throw new LifeboatError("stream-cut", { detail: "the copy did not end" });
  return found.copied;
}

/** The child knows neither how much room there is nor who holds the file. */
async function withNumbers({ path, to }: { path: string; to: string }, error: unknown): Promise<unknown> {
  if (!(error instanceof LifeboatError)) return error;
  if (error.code === "file-in-use")
    return new LifeboatError("file-in-use", { path, count: (await countWriters(path)) ?? 1 }, { cause: error });
  if (error.code !== "no-space") return error;
  const folder = join(to, "..");
  const space = await statfs(folder).catch(() => null);
  const bytes = (await statOf(path).catch(() => null))?.size ?? 0;
  const freeBytes = space === null ? 0 : space.bavail * space.bsize;
  return new LifeboatError("no-space", { path: folder, freeBytes, neededBytes: neededBytes(bytes) }, { cause: error });
}

/** The copy needs as much as the file; its log may add to it. Throws `no-space` with numbers. */
async function assertRoom(folder: string, bytes: number): Promise<void> {
  const space = await statfs(folder);
  const freeBytes = space.bavail * space.bsize;
  if (!fits(bytes, { freeBytes })) throw new LifeboatError("no-space", { path: folder, freeBytes, neededBytes: neededBytes(bytes) });
}

async function statOf(path: string): Promise<{ size: number }> {
  const file = await open(path, "r");
  try {
    return await file.stat();
  } finally {
    await file.close();
  }
}

async function* readChunks(path: string, signal: AbortSignal): AsyncGenerator<StreamChunk> {
  const file = await open(path, "r").catch((error: unknown) => {
    throw pathError(error, path);
  });
  try {
    for (;;) {
      signal.throwIfAborted();
      // A new buffer each time: whoever takes a chunk keeps it.
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafeSlow(chunkBytes), 0, chunkBytes, null);
      if (bytesRead === 0) return;
      yield { bytes: buffer.subarray(0, bytesRead), cut: false };
    }
  } finally {
    await file.close();
  }
}

function judge(checks: FileChecks, keepDamaged: boolean): FileChecks {
  const [detail] = checks.problems;
  if (detail !== undefined && !keepDamaged) throw new LifeboatError("sqlite-check-failed", { check: "integrity_check", detail });
  return checks;
}

function warningsOf({ problems, foreignKeys, foreignKeyCount }: FileChecks): string[] {
  const more = foreignKeyCount - foreignKeys.length;
  return [
    ...problems.map((line) => `integrity_check: ${line}`),
    ...foreignKeys.map((line) => `foreign_key_check: ${line}`),
    ...(more > 0 ? [`foreign_key_check: ${more} more rows`] : []),
  ];
}

function digestOf({ table, rows }: FileChecks["tables"][number]): TableDigest {
  return { schema: "main", table, rows, bytes: 0, sha256: noDigest, excluded: false };
}

function emptyManifest(): SnapshotManifest {
  return {
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
}
