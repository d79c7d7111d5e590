import type { Reason } from "../domain/error.ts";
import type { QueryResult } from "./copy-port.ts";
import type { CommitGuard, EngineContext, OpenSnapshot, RowCounts } from "./port.ts";

/** What a file is, whatever it is called: device and inode. After a crash this tells who has a name. */
export type FileIdentity = string;

export type FoundFile = { readonly path: string; readonly bytes: number; readonly modifiedAt: Date };

/** What one look at a path found. `path` is resolved: no links are left in it. */
export type FileLook = {
  readonly path: string | null;
  readonly files: readonly FoundFile[];
  readonly file: { bytes: number; journalMode: string; tables: number; pageBytes: number; sqliteVersion: string } | null;
  readonly problem: Reason | null;
};

export type FileTable = { readonly table: string; readonly rows: number };

/** What SQLite's own checks said of a database file. */
export type FileChecks = {
  /** Rows of every table, shadow tables of virtual ones among them; virtual tables themselves and `sqlite_…` are left out. */
  readonly tables: readonly FileTable[];
  /** Lines of `PRAGMA integrity_check`, at most 100; none when it found nothing. */
  readonly problems: readonly string[];
  /** Lines of `PRAGMA foreign_key_check` in words, at most 20. */
  readonly foreignKeys: readonly string[];
  readonly foreignKeyCount: number;
};

/** A snapshot of a file: its copy is complete; the checks of it go on beside the reading. */
export type FileSnapshot = OpenSnapshot & {
  readonly copy: { readonly bytes: number; readonly pages: number; readonly journalMode: string; readonly restarts: number };
  /** Throws `sqlite-check-failed` { check, detail } unless damage was to be kept. `finish` waits for it. */
  readonly checked: Promise<FileChecks>;
};

export type FileSnapshotRequest = {
  /** As it was resolved when the source was made; resolved again now, and refused when it leads elsewhere. */
  readonly path: string;
  /** A safety backup of a damaged file is better than none: what the checks find becomes warnings. */
  readonly keepDamaged: boolean;
};

/** What stands where a file is to go. */
export type FileTargetFacts = {
  /** Its folder resolved. */
  readonly path: string;
  readonly exists: boolean;
  readonly bytes: number | null;
  readonly identity: FileIdentity | null;
  /** Processes that have it, or its log, open for writing; null where that cannot be known. */
  readonly openBy: number | null;
  readonly freeBytes: number;
  /** `-wal` and `-journal` of that name, left behind without a database: SQLite would apply them to whatever is put there. */
  readonly leftovers: readonly string[];
};

export type FileReplacement = {
  readonly path: string;
  readonly identity: FileIdentity;
  readonly ignoreOpenFile: boolean;
  /** SHA-256 of the stream of the safety backup: what is replaced must be that. Null: it is not compared. */
  readonly oldSha256: string | null;
};

/**
 * The engine of database files: file → byte stream → file. It knows which folders are allowed and touches nothing else; every path is
 * resolved anew by each operation. Errors beside those named: `files-not-allowed`, `file-outside`, `file-missing`, `file-not-sqlite`,
 * `file-changed`, `permission-denied`, `io-error`, `tool-killed`.
 */
export interface FileEngine {
  readonly id: "sqlite";
  /** As backups record it, for example `SQLite 3.53.4`. */
  readonly version: string;
  /** The allowed folders, as configured. */
  readonly roots: readonly string[];
  /** Looks at a file, a folder, or (null) all allowed folders. What is wrong with the path is told, not thrown. */
  look(path: string | null, context: EngineContext): Promise<FileLook>;
  /** Copies the file into the work folder through SQLite's online backup. `onCopied` gets bytes. Throws `no-space`, `file-in-use`. */
  snapshot(
    request: FileSnapshotRequest,
    context: EngineContext,
    onCopied?: (bytesDone: number, bytesTotal: number) => void,
  ): Promise<FileSnapshot>;
  /** Checks a complete database file that nobody else uses. What the checks find is a result. */
  check(path: string, context: EngineContext): Promise<FileChecks>;
  /**
   * One statement that returns rows, on a copy that nobody else uses; it can neither write nor reach another file. Cells as text of at most
   * 10,000 characters. Throws `query-refused` { detail }, `query-failed` { detail, position }.
   */
  query(
    path: string,
    sql: string,
    limits: { readonly maxRows: number; readonly timeoutMs: number },
    context: EngineContext,
  ): Promise<QueryResult>;
  /** Rows of a file in use, read in one transaction. */
  countRows(path: string, context: EngineContext): Promise<RowCounts>;
  /** Looks at a place for a file. Throws when nothing may be put there. */
  inspectTarget(path: string): Promise<FileTargetFacts>;
  /** Where a file is made before it gets its name: beside it. `token` keeps claims apart. */
  temporaryPath(path: string, token: string): string;
  /** Syncs the temporary file and tells what it is. */
  seal(temporary: string): Promise<FileIdentity>;
  /** Gives the temporary file its name, which must be free: `file-exists` { path }. */
  place(temporary: string, path: string): Promise<void>;
  /**
   * Puts the temporary file in the place of another one, whole at any moment. SQLite's locks on both are held meanwhile; the old
   * one's log is folded into it before. `guard` is asked right before the rename. Throws `file-in-use` { path, count } and
   * `file-changed` when `identity` is no longer what has the name, or when its contents are no longer those of the safety backup
   * (with `ignoreOpenFile` that is only told).
   */
  replace(temporary: string, target: FileReplacement, context: EngineContext, guard: CommitGuard): Promise<{ readonly isSame: boolean }>;
  /** What has that name now; null when nothing has. */
  identityOf(path: string): Promise<FileIdentity | null>;
  /** Removes a temporary file and what SQLite may have put beside it. Quietly done when it is gone. */
  removeTemporary(temporary: string): Promise<void>;
}
