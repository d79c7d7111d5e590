import { open, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { LifeboatError } from "#lib/domain/error";
import type { OpenSnapshot } from "#lib/engines/port";
import type { RunWork } from "../runs/work.ts";
import { emptyManifest, fileSnapshot } from "./file-snapshot.ts";
import { hashing, type OpenImport, unwrap } from "./open-import.ts";
import { sniffFile, type Sniffed } from "./sniff-file.ts";
import { writeCopy } from "./write-copy.ts";

export type Taken = { readonly takenAt: Date; readonly takenFrom: "file" | "asked" | "sidecar" };

/** A file that is stored as it is: its snapshot, its own SHA-256, the time of what is in it. */
export type PreparedFile = Taken & { readonly snapshot: OpenSnapshot; readonly sha256: string; readonly database: string | null };

type Format = Extract<Sniffed, { kind: "format" }>;

/** Free bytes of the folder that runs keep temporary files in. */
export async function freeBytesOf(path: string): Promise<number> {
  const facts = await statfs(path);
  return facts.bavail * facts.bsize;
}

/** An archive in custom format, read whole before anything of it is stored. Throws `stream-cut`, `tool-below-safe-minimum` … */
export async function prepareArchive(work: RunWork, opened: OpenImport, format: Format, taken: Taken): Promise<PreparedFile> {
  const { deps, engineContext, signal } = work;
  await deps.imports.requireSafeTools();
  const copied = format.wrapping === "none" ? null : await copyOf(work, opened, format);
  const file = copied === null ? opened.file : await open(copied.path, "r");
  try {
    const found = await deps.imports.readArchive(file, engineContext);
    const sha256 = copied?.sha256 ?? (await hashOf(work, opened));
    const snapshot = fileSnapshot({
      snapshotAt: taken.takenAt,
      serverVersion: found.serverVersion,
      toolVersion: found.toolVersion,
      extension: "dump",
      bytes: copied?.bytes ?? opened.bytes,
      tables: found.tables,
      manifest: {
        ...emptyManifest,
        roles: [...found.roles],
        tablespaces: [...found.tablespaces],
        extensions: found.extensions.map((name) => ({ name, version: "", schema: "" })),
      },
      warnings: found.warnings,
      headBytes: found.headBytes,
      read: () => (copied === null ? opened.read(signal) : readCopy(copied.path, signal)),
    });
    return { ...taken, snapshot, sha256, database: found.database };
  } finally {
    if (copied !== null) await file.close();
  }
}

/** A SQLite file: a private copy is checked by SQLite itself. Throws `sqlite-check-failed` { check, detail }, `file-not-sqlite`. */
export async function prepareSqlite(work: RunWork, opened: OpenImport, format: Format, taken: Taken): Promise<PreparedFile> {
  if (format.wrapping === "none") await refuseJournal(opened.path);
  const copied = await copyOf(work, opened, format);
  return { ...taken, sha256: copied.sha256, database: null, snapshot: await sqliteSnapshot(work, copied.path, taken.takenAt) };
}

/** What stands in a log or a journal beside a file is not in it, and only its application may put it there: originals are never written to. */
async function refuseJournal(path: string): Promise<void> {
  for (const journal of [`${path}-wal`, `${path}-journal`]) {
    const facts = await stat(journal).catch(() => null);
    if (facts === null || facts.size === 0) continue;
    const detail = `${journal} holds changes that are not in the file; close it with its application first, or make the file a source`;
    throw new LifeboatError("sqlite-check-failed", { check: "journal", detail });
  }
}

async function sqliteSnapshot(work: RunWork, path: string, snapshotAt: Date): Promise<OpenSnapshot> {
  const { deps, engineContext, signal } = work;
  const original = `${path}.original`;
  // SQLite may write to what it opens; the bytes that are stored are those that came.
  const bytes = await writeCopy(readCopy(path, signal), original);
  const found = await deps.files.check(path, engineContext);
  const [problem] = found.problems;
  if (problem !== undefined) throw new LifeboatError("sqlite-check-failed", { check: "integrity_check", detail: problem.slice(0, 500) });
  const warnings =
    found.foreignKeyCount > 0 ? [`foreign_key_check: ${found.foreignKeyCount} rows refer to nothing (${found.foreignKeys[0] ?? ""})`] : [];
  const unknown = "0".repeat(64);
  return fileSnapshot({
    snapshotAt,
    serverVersion: deps.files.version,
    toolVersion: deps.files.version,
    extension: "db",
    bytes,
    tables: found.tables.map(({ table, rows }) => ({ schema: "main", table, rows, bytes: 0, sha256: unknown, excluded: false })),
    manifest: emptyManifest,
    warnings,
    headBytes: 0,
    read: () => readCopy(original, signal),
  });
}

/**
 * A pack of another Lifeboat: decoded and checked whole; what its sidecar tells is shown, its provenance stays external. Throws
 * `chain-broken` { key } where a pack that it needs is not beside it, `file-changed` { path } when another one lay under its name while it was
 * decoded, `import-engine-differs`, `invalid-input` without any time.
 */
export async function preparePack(work: RunWork, opened: OpenImport, engine: string, asked: Taken | null): Promise<PreparedFile> {
  const { deps, engineContext, signal } = work;
  const path = join(engineContext.workDir, "decoded");
  const pack = await deps.imports.decodePack(opened.path, path, engineContext);
  const sha256 = await hashOf(work, opened);
  // It was decoded by name, with its neighbours: what lay there then must be what was opened and is written down.
  if (pack.storedSha256 !== sha256) throw new LifeboatError("file-changed", { path: opened.path });
  const taken = asked ?? (pack.sidecar === null ? null : ({ takenAt: pack.sidecar.snapshotAt, takenFrom: "sidecar" } as const));
  if (taken === null)
    throw new LifeboatError("invalid-input", { issues: "takenAt: there is no sidecar beside the pack that tells when it was made" });
  const inside = await sniffFile(path);
  const format = inside.kind === "format" && inside.wrapping === "none" ? inside.format : null;
  const held = format === "pg-custom" ? "postgres" : format === "sqlite" ? "sqlite" : null;
  if (held === null)
    throw new LifeboatError("format-unknown", { detail: "the pack holds neither an archive of pg_dump nor a SQLite file" });
  if (held !== engine) throw new LifeboatError("import-engine-differs", { format: "lifeboat-pack", engine });
  if (held === "sqlite") return { ...taken, sha256, database: null, snapshot: await sqliteSnapshot(work, path, taken.takenAt) };
  await deps.imports.requireSafeTools();
  const file = await open(path, "r");
  try {
    const found = await deps.imports.readArchive(file, engineContext);
    const { sidecar } = pack;
    const snapshot = fileSnapshot({
      snapshotAt: taken.takenAt,
      serverVersion: found.serverVersion,
      toolVersion: found.toolVersion,
      extension: "dump",
      bytes: (await file.stat()).size,
      // Lifeboat dumps in a fixed session: digests of its own archives are those of a copy, whatever the types.
      tables: sidecar?.tables ?? found.tables,
      manifest: sidecar?.manifest ?? { ...emptyManifest, roles: [...found.roles], tablespaces: [...found.tablespaces] },
      warnings: sidecar === null ? found.warnings : [],
      headBytes: found.headBytes,
      read: () => readCopy(path, signal),
    });
    return { ...taken, snapshot, sha256, database: found.database };
  } finally {
    await file.close();
  }
}

/** Unpacks the file into the run's own folder. */
async function copyOf(work: RunWork, opened: OpenImport, { wrapping }: Format): Promise<{ path: string; bytes: number; sha256: string }> {
  const { engineContext, reporter, signal } = work;
  const path = join(engineContext.workDir, "original");
  const source = hashing(opened.read(signal), (bytesDone) => reporter.progress({ bytesDone, bytesTotal: opened.bytes }));
  const bound = { path: engineContext.workDir, freeBytes: () => freeBytesOf(engineContext.workDir) };
  const free = await bound.freeBytes();
  if (free < opened.bytes) throw new LifeboatError("no-space", { path: bound.path, freeBytes: free, neededBytes: opened.bytes });
  const bytes = await writeCopy(unwrap(source.chunks, wrapping, bound), path);
  return { path, bytes, sha256: source.digest() };
}

async function hashOf({ reporter, signal }: RunWork, opened: OpenImport): Promise<string> {
  const source = hashing(opened.read(signal), (bytesDone) => reporter.progress({ bytesDone, bytesTotal: opened.bytes }));
  for await (const chunk of source.chunks) void chunk;
  return source.digest();
}

async function* readCopy(path: string, signal: AbortSignal): AsyncIterable<Buffer> {
  const file = await open(path, "r");
  try {
    yield* file.createReadStream({ autoClose: false, highWaterMark: 1024 * 1024, signal }) as AsyncIterable<Buffer>;
  } finally {
    await file.close();
  }
}
