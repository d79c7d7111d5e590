import type { FileHandle } from "node:fs/promises";
import type { BackupManifest } from "#lib/db/schema/backups";
import type { BackupKind } from "#lib/domain/backup-state";
import type { ScriptFacts } from "#lib/domain/script-scan";
import type { EngineContext, ForeignArchive, ServerAddress, TableDigest } from "#lib/engines/port";

export type FolderEntry = {
  readonly name: string;
  readonly path: string;
  readonly type: "file" | "folder";
  readonly bytes: number;
  readonly modifiedAt: Date;
};

/** A throw-away server for what comes from elsewhere. */
export type ImportSandbox = {
  readonly serverVersion: string;
  /** A role without rights beyond its own database. */
  readonly address: ServerAddress;
  readonly database: string;
  /** A folder to put in what the sandbox's account is to open. */
  readonly inbox: string;
  /** The sandbox's account reaches no network but its own sockets. */
  readonly isOffline: boolean;
  /**
   * Runs a script through psql in restricted mode, as an unprivileged account and role; stops at the first error. Ownership that the script
   * names is given afterwards. Throws `script-failed` and `script-forbidden` { line, detail }, `extension-missing`, and what `script` throws.
   */
  readonly runScript: (script: AsyncIterable<Uint8Array>, facts: ScriptFacts, context: EngineContext) => Promise<void>;
  /**
   * Restores an archive in directory format, a folder in `inbox`. What it would execute is scanned first, like a script.
   * Throws `script-failed` { line: 0, detail } at the first error, and the same as `runScript`.
   */
  readonly restoreArchive: (path: string, context: EngineContext) => Promise<void>;
  /** Ends its processes and removes its data; safe at any time and more than once. */
  readonly stop: () => Promise<void>;
};

/** A backup of another Lifeboat, decoded into a file with all its hashes checked. */
export type ForeignPack = {
  readonly kind: BackupKind;
  /** Of the pack's bytes that were decoded, whatever lies under its name since. */
  readonly storedSha256: string;
  /** From a sidecar that lies beside it. What it says was signed by somebody else, and is not believed beyond being shown. */
  readonly sidecar: {
    readonly snapshotAt: Date;
    readonly database: string;
    readonly serverVersion: string;
    readonly toolVersion: string;
    readonly tables: readonly TableDigest[];
    readonly manifest: BackupManifest | null;
  } | null;
};

/** What imports need of the outside; wired in `lib/worker/import-ports.ts`. */
export type ImportPorts = {
  /** Where uploads lie. */
  readonly folder: string;
  /** Folders that the host's configuration allows. */
  readonly roots: readonly string[];
  /** What lies in an allowed folder, files and folders alone, bounded. Throws `files-not-allowed`, `file-outside`, `file-missing`. */
  readonly list: (path: string) => Promise<{ path: string; entries: readonly FolderEntry[]; truncated: boolean }>;
  /** Opens a regular file of an allowed folder for reading; throws the same, and `file-changed`. */
  readonly open: (path: string) => Promise<{ path: string; file: FileHandle }>;
  /** Throws `tool-below-safe-minimum` { tool, found, needed } when no installed `pg_restore` may open what comes from elsewhere. */
  readonly requireSafeTools: () => Promise<void>;
  /** What is known about the safety of a client's version. */
  readonly toolSafety: (version: string) => { readonly safeMinimum: string | null; readonly belowSafeMinimum: boolean };
  /** Lists an archive with a safe client. */
  readonly listArchive: (path: string, context: EngineContext) => Promise<string>;
  /** Reads an archive in custom format from its first byte to its last. Throws `stream-cut` { detail } when it is not whole. */
  readonly readArchive: (file: FileHandle, context: EngineContext) => Promise<ForeignArchive>;
  /** Decodes a pack, in a folder with the packs that it needs, into a new file. Throws `pack-…`, `chain-broken` { key }. */
  readonly decodePack: (path: string, toPath: string, context: EngineContext) => Promise<ForeignPack>;
  /** Starts a sandbox whose major version is at least `major`. Throws `sandbox-unavailable` { detail }, `tool-below-safe-minimum`. */
  readonly startSandbox: (
    options: { runId: string; major: number; owner: string; encoding: string },
    context: EngineContext,
  ) => Promise<ImportSandbox>;
  /** Ends and removes sandboxes of runs that are over. */
  readonly sweepSandboxes: (isOver: (runIds: readonly string[]) => Promise<ReadonlySet<string>>) => Promise<void>;
};
