import type { DatabaseProperties } from "../contracts/backups.ts";
import type { EngineContext, ServerAddress, TableDigest, TableRef } from "./port.ts";

/** A restored copy: a database on a server, reached by a role. `address.host` may be the folder of a socket. */
export type CopyTarget = { readonly address: ServerAddress; readonly database: string };

/** One object of a database as a dump names it. Grants are objects of type `ACL` and `DEFAULT ACL`, named after what they are on; `grants` are their statements, sorted. */
export type DumpedObject = {
  readonly type: string;
  readonly schema: string;
  readonly name: string;
  readonly owner: string;
  readonly grants: readonly string[];
  /** A constraint that was made without looking at the rows there were (`NOT VALID`). */
  readonly isNotValid?: boolean;
};

/** What the front of an archive names. `serverVersion` is that of the server that was dumped. */
export type ArchiveObjects = { readonly serverVersion: string; readonly objects: readonly DumpedObject[] };

export type SequenceFacts = {
  readonly schema: string;
  readonly name: string;
  /** As text: it may be beyond what JavaScript counts exactly. Null: never called. */
  readonly lastValue: string | null;
  /** Columns that it feeds, with the greatest value that stands there; null for an empty table. */
  readonly columns: readonly (TableRef & { readonly column: string; readonly greatest: string | null })[];
  /** The next value of it would be one that a column already has (or has passed, by its direction). */
  readonly behind: boolean;
  readonly direction: "up" | "down" | "cycle";
};

export type ConstraintFacts = TableRef & {
  readonly name: string;
  readonly type: "check" | "foreign-key" | "unique" | "primary-key" | "exclusion";
};

/** What a database says of itself, read in one transaction. */
export type CopyFacts = {
  readonly serverVersion: string;
  readonly sizeBytes: number;
  readonly properties: DatabaseProperties;
  readonly extensions: readonly { readonly name: string; readonly version: string; readonly schema: string }[];
  /** Roles of the server. */
  readonly roles: readonly string[];
  readonly sequences: readonly SequenceFacts[];
  readonly notValidated: readonly ConstraintFacts[];
  /** Indexes that are not valid, not ready or not live. */
  readonly invalidIndexes: readonly (TableRef & { readonly name: string })[];
  readonly foreignKeys: number;
  readonly migrationHead: { readonly tool: string; readonly head: string } | null;
  /** Where a tool keeps one per part of the application (Django's apps, Alembic's branches): each of them. Else the head alone. */
  readonly migrationHeads: readonly string[];
};

export type OrphanFacts = TableRef & { readonly constraint: string; readonly orphans: number; readonly sample: string };

export type QueryResult = {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
  readonly truncated: boolean;
  readonly durationMs: number;
};

/**
 * Reads a restored copy of a database and changes nothing in it. Everything throws what keeps the server from being asked
 * (`connection-refused`, `password-wrong`, `database-missing`, `tool-failed` …) and the signal's reason.
 */
export interface CopyReader {
  /** Objects, owners and grants that a complete archive in a file names. */
  archiveObjects(archivePath: string, context: EngineContext): Promise<ArchiveObjects>;
  /** Dumps the copy through the reader that read the backup: every table's digest, and the objects. `tool`: `pg_dump 17.12`. */
  read(
    target: CopyTarget,
    context: EngineContext,
  ): Promise<ArchiveObjects & { readonly tables: readonly TableDigest[]; readonly tool?: string }>;
  inspect(target: CopyTarget, context: EngineContext): Promise<CopyFacts>;
  /** Rows of referencing tables whose foreign key leads nowhere, by constraint; only those that have some. Validated or not, all are looked at. */
  orphans(target: CopyTarget, context: EngineContext): Promise<readonly OrphanFacts[]>;
  /** `amcheck` over every B-tree. `available` false: the extension cannot be had there. `problems` are bounded. */
  indexStructure(
    target: CopyTarget,
    context: EngineContext,
  ): Promise<{ readonly available: boolean; readonly checked: number; readonly problems: readonly string[] }>;
  /** The greatest value of a time column; null for an empty table. Throws `check-not-possible` { detail } when it is none. */
  newest(target: CopyTarget, column: TableRef & { readonly column: string }, context: EngineContext): Promise<Date | null>;
  /**
   * One statement, in a read-only transaction of a session of its own, as the role of `target`, which must have no rights beyond reading:
   * throws `query-refused` { detail } for a superuser or a member of a role that reads files or runs programs. Cells come as text of at
   * most 10,000 characters. Throws `query-failed` { detail, position } for what the server says.
   */
  query(
    target: CopyTarget,
    sql: string,
    limits: { readonly maxRows: number; readonly timeoutMs: number },
    context: EngineContext,
  ): Promise<QueryResult>;
  /** Tables of the copy with the server's estimate of their rows. */
  tables(target: CopyTarget, context: EngineContext): Promise<readonly (TableRef & { readonly rows: number | null })[]>;
  /** A page of one table in a stable order. Throws `not-found`. */
  browse(
    target: CopyTarget,
    table: TableRef,
    page: { readonly offset: number; readonly limit: number },
    context: EngineContext,
  ): Promise<QueryResult & { readonly hasMore: boolean }>;
}
