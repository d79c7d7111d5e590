import type { DatabaseProperties } from "../contracts/backups.ts";
import type { RestoreInput } from "../contracts/restores.ts";
import type { Reason } from "../domain/error.ts";

/** How to reach a server: known fields only, passwords opened. Never logged, never put into argv. */
export type ServerAddress = {
  readonly host: string;
  readonly port: number;
  readonly tlsMode: "disable" | "prefer" | "require" | "verify-ca" | "verify-full";
  /** PEM, or empty. */
  readonly tlsCa: string;
  readonly username: string;
  /** Null when the server asks for none. */
  readonly password: string | null;
  readonly maintenanceDatabase: string;
};

/** What an engine operation gets from its caller: how to stop it, where to write, whom to tell. */
export type EngineContext = {
  /** Aborted by cancel, lost lease and shutdown; the operation ends its processes, then throws the signal's reason. */
  readonly signal: AbortSignal;
  /** Private empty folder of this run (0700); the caller removes it. */
  readonly workDir: string;
  /** At most 63 bytes; stands in `pg_stat_activity` so that leftovers can be found. */
  readonly applicationName: string;
  readonly log: (level: "info" | "warning" | "error", text: string) => void;
};

export type TableRef = { readonly schema: string; readonly table: string };

/** Exact facts of one table's data, read from the archive as it passed. */
export type TableDigest = TableRef & { readonly rows: number; readonly bytes: number; readonly sha256: string; readonly excluded: boolean };

/** Rows of one table now. `exact` false: the server's own estimate, and null where it has none. */
export type TableRows = TableRef & { readonly rows: number | null; readonly exact: boolean };
export type RowCounts = { readonly tables: readonly TableRows[]; readonly countedAt: Date };

/** A piece of a stream. `cut` says that a segment should begin here (a table's data starts), which keeps tables apart. */
export type StreamChunk = { readonly bytes: Uint8Array; readonly cut: boolean };

export type SnapshotManifest = {
  readonly properties: DatabaseProperties | null;
  readonly extensions: readonly { name: string; version: string; schema: string }[];
  readonly roles: readonly string[];
  readonly tablespaces: readonly string[];
  readonly globalsSql: string | null;
  readonly sequences: readonly { schema: string; name: string; lastValue: string }[];
  readonly migrationHead: { tool: string; head: string } | null;
  readonly excludedSchemas: readonly string[];
  readonly excludedTables: readonly TableRef[];
};

export type SnapshotProgress = { tablesDone: number; tablesTotal: number | null; currentTable: string | null };

/** Everything that is known only after the last byte: exit code 0 was seen and the stream ended whole. */
export type SnapshotResult = {
  readonly tables: readonly TableDigest[];
  readonly manifest: SnapshotManifest;
  /** Standard error of a tool that exited 0. */
  readonly warnings: readonly string[];
  /** False when the archive's version was not known: counts come from SQL, `bytes` is 0 and `sha256` 64 zeros. */
  readonly digestsFromStream: boolean;
  /** Large objects in the stream; they belong to no table. */
  readonly largeObjects?: number;
};

/** One open snapshot of a source with its one stream. */
export type OpenSnapshot = {
  readonly snapshotAt: Date;
  readonly serverVersion: string;
  readonly toolVersion: string;
  /** Rough size of the stream in bytes, for pre-flight and progress; null where unknown. */
  readonly estimatedBytes: number | null;
  readonly extension: "dump" | "db" | "tar";
  /** Read once, to the end. Throws when the tool fails; its end alone does not mean success: `finish` decides. */
  readonly chunks: () => AsyncIterable<StreamChunk>;
  readonly progress: () => SnapshotProgress;
  /** Waits for exit code and stream end, both; throws `tool-failed`, `tool-killed`, `stream-cut`, `tool-empty-output` … */
  readonly finish: () => Promise<SnapshotResult>;
  /** Ends processes and connections; safe to call at any time and more than once. Always called by the caller in `finally`. */
  readonly close: () => Promise<void>;
};

export type SnapshotRequest = {
  readonly address: ServerAddress;
  readonly database: string;
  readonly excludedSchemas: readonly string[];
  readonly excludedTables: readonly TableRef[];
  readonly lockWaitSeconds: number;
};

/** What an archive in custom format tells of itself, whoever made it. */
export type ForeignArchive = {
  readonly serverVersion: string;
  readonly toolVersion: string;
  readonly database: string;
  readonly tables: readonly TableDigest[];
  readonly extensions: readonly string[];
  readonly roles: readonly string[];
  readonly tablespaces: readonly string[];
  /** What could not be told, for people. */
  readonly warnings: readonly string[];
  /** Length of header and table of contents. */
  readonly headBytes: number;
};

/** One step of a connection check, reported as it ends. `facts` are shown to people. */
export type CheckStep = {
  readonly code: "resolve" | "connect" | "tls" | "sign-in" | "version" | "privileges" | "tools" | "size" | "databases";
  readonly state: "running" | "done" | "failed" | "skipped";
  readonly facts: Record<string, string | number | boolean | null>;
  readonly error: Reason | null;
};

export type DatabaseFacts = {
  name: string;
  sizeBytes: number | null;
  owner: string;
  encoding: string;
  isCatalogue: boolean;
  connectable: boolean;
};

export type CheckResult = {
  readonly serverVersion: string | null;
  readonly databases: readonly DatabaseFacts[];
  readonly failed: Reason | null;
};

/** Facts of a target server for the restore preview; the planning itself is pure and lives in `lib/domain`. */
export type TargetFacts = {
  readonly serverVersion: string;
  readonly toolVersion: string | null;
  readonly databases: readonly string[];
  readonly roles: readonly string[];
  readonly extensions: readonly string[];
  readonly tablespaces: readonly string[];
  readonly canCreateDatabase: boolean;
  readonly isSuperuser: boolean;
  readonly localeAvailable: boolean;
  readonly freeBytes: number | null;
  /** The database of the asked-for name as it is now; null when there is none, or when only its name could be seen. */
  readonly existing: ExistingDatabase | null;
  /** The asked-for database is Lifeboat's catalogue (marker found) or lies where the catalogue lies. */
  readonly isCatalogue: boolean;
};

/** A database that stands where a backup is to go. */
export type ExistingDatabase = {
  /** `pg_database.oid`: what it is, whatever it is called. */
  readonly oid: number;
  readonly owner: string;
  /** The restore role is its owner, a member of its owner, or a superuser: only then may it be renamed. */
  readonly isOwned: boolean;
  readonly sizeBytes: number | null;
  readonly encoding: string;
  /** Sessions in it now, without our own. */
  readonly sessions: number;
  readonly preparedTransactions: number;
  /** Logical replication slots and subscriptions: they stay with the old database. */
  readonly replication: number;
  /** With `pg_class.oid`: loading in place drops and makes tables again, so other ids say that its transaction was committed. */
  readonly tables: readonly (TableRef & { readonly oid: number })[];
  /** Why the role could not look into it; `tables` is empty then. */
  readonly unread?: Reason;
};

export type RestoreRequest = {
  readonly address: ServerAddress;
  readonly database: string;
  readonly properties: DatabaseProperties | null;
  readonly content: RestoreInput["content"];
  readonly tables: readonly TableRef[];
  readonly owners: RestoreInput["owners"];
  readonly jobs: number;
};

export type RestoreLineError = {
  readonly class: "ownership" | "privileges" | "extension" | "exists" | "data" | "other";
  readonly entry: string;
  readonly message: string;
};

export type LoadResult = {
  readonly errors: readonly RestoreLineError[];
  readonly exitCode: number;
  /** What loaded it, with its version: `pg_restore 17.12`. */
  readonly tool?: string;
};

/** Calls `commit` while it is sure that the caller may still do so, and throws otherwise. */
export type CommitGuard = (commit: () => Promise<void>) => Promise<void>;

/**
 * An engine turns a source into a byte stream and a stream back into a copy of the source. It knows nothing of packs, chains,
 * the catalogue or HTTP. One conformance suite holds for every engine.
 */
export interface Engine {
  readonly id: "postgres";
  /** Opens a snapshot. Refuses before it starts anything when tool, version or privileges do not fit. */
  snapshot(request: SnapshotRequest, context: EngineContext): Promise<OpenSnapshot>;
  /** The archive's own listing, bounded to 1 MiB of text. `archivePath` is a complete stream in a file. */
  listArchive(archivePath: string, context: EngineContext): Promise<string>;
  /** Tests a connection step by step. Never throws for what it tests: the failing step says it. */
  check(address: ServerAddress, onStep: (step: CheckStep) => Promise<void>, context: EngineContext): Promise<CheckResult>;
  /** Facts of a target for a preview. */
  inspectTarget(request: RestoreRequest, context: EngineContext): Promise<TargetFacts>;
  /**
   * Rows of every table of a source as it is now, read only: exact as far as `budgetMs` milliseconds reach, the largest tables last,
   * estimates beyond. `tables` are those that a backup has; the ones that came since are counted as well. Throws what keeps the source from being
   * asked (`connection-refused`, `password-wrong`, `database-missing` …). A server that falls silent is given up `graceMs` after the budget, 2 seconds
   * if left out.
   */
  countRows(
    address: ServerAddress,
    database: string,
    tables: readonly TableRef[],
    options: { readonly budgetMs: number; readonly graceMs?: number },
    context: EngineContext,
  ): Promise<RowCounts>;
  /** Creates the new, empty database from `template0` with the recorded properties. Throws `target-exists` when it is there. */
  createDatabase(request: RestoreRequest, context: EngineContext): Promise<void>;
  /** Loads a checked stream (a seekable file) into the database just created. Errors that `pg_restore` skipped are returned, never swallowed. */
  load(
    archivePath: string,
    request: RestoreRequest,
    onEntry: (done: number, total: number, entry: string) => void,
    context: EngineContext,
  ): Promise<LoadResult>;
  /** Reads the copy through the same reader as the dump and returns its digests. Throws `database-dropped` for one whose drop was killed half-way. */
  digestCopy(request: RestoreRequest, context: EngineContext): Promise<readonly TableDigest[]>;
  /** Removes a database that this installation created for a restore, ending its connections. Quietly done when it is gone already. */
  dropDatabase(request: RestoreRequest, context: EngineContext): Promise<void>;
  /**
   * Object ids of databases by name; a name that is missing is left out. What a database *is* after a crash is told by its id, never
   * by its name.
   */
  databaseIds(address: ServerAddress, names: readonly string[], context: EngineContext): Promise<ReadonlyMap<string, number>>;
  /** Tells one database server from another behind the same address: object ids are of a server. Null where the role may not ask. */
  clusterId(address: ServerAddress, context: EngineContext): Promise<string | null>;
  /**
   * Carries owner, grants, settings (of the database, and of roles in it), connection limit and comment of `from` over to `to`.
   * Throws `follow-failed` { detail } for what the role may not set.
   */
  followDatabase(address: ServerAddress, names: { from: string; to: string }, context: EngineContext): Promise<void>;
  /**
   * Renames databases in one transaction, in the given order, after ending the sessions in them: at any moment either all names are
   * the old ones or all are the new ones. Each is checked by its object id first (`target-changed`, `target-exists`); throws
   * `target-not-owned`, `target-has-prepared`, `sessions-not-ended`. New sessions wait for a few
   * hundred milliseconds, are told once that the database was renamed, and are let in at their next try. When it throws, nothing follows
   * any more: the ids tell who has the names.
   */
  renameDatabases(
    address: ServerAddress,
    renames: readonly { oid: number; from: string; to: string }[],
    context: EngineContext,
    guard?: CommitGuard,
  ): Promise<{ sessionsEnded: number }>;
  /**
   * For roles that may not create databases: replaces the contents of an existing database in one transaction of one session (no jobs).
   * What fails leaves it as it was: an exit code other than 0, or a throw before the commit. The file is written to meanwhile, and put back.
   */
  loadInPlace(
    archivePath: string,
    request: RestoreRequest,
    onEntry: (done: number, total: number, entry: string) => void,
    context: EngineContext,
  ): Promise<LoadResult>;
  /** Removes the database of that name if it still is the one with this object id, ending its sessions; quietly done when it is gone. */
  dropDatabaseById(address: ServerAddress, target: { oid: number; database: string }, context: EngineContext): Promise<void>;
  /** Ends every session of this role that carries the context's application name (leftovers of a lost worker's tools); returns how many. */
  endSessions(address: ServerAddress, context: EngineContext): Promise<number>;
}
