/** Kinds of backup: a full stands alone, a differential needs its full, an incremental what its parent refers to. */
export const backupKinds = ["full", "differential", "incremental"] as const;
export type BackupKind = (typeof backupKinds)[number];

/**
 * States of a manifest row. `writing` is the intent row and is never shown; `available` can be restored; `trashed` waits for
 * removal; `deleting` is on its way out (storage first, row last).
 */
export const backupStates = ["writing", "available", "trashed", "deleting"] as const;
export type BackupState = (typeof backupStates)[number];

/** Where a backup came from: made from its source, made from a chain member without the source, imported here, or found in storage. */
export const backupOrigins = ["made", "synthetic", "imported", "external"] as const;
export type BackupOrigin = (typeof backupOrigins)[number];

/** What a stream is, as its file is called: a `pg_dump -Fc` archive, an SQLite database, a tar. */
export const streamExtensions = ["dump", "db", "tar"] as const;
export type StreamExtension = (typeof streamExtensions)[number];

export const sourceEngines = ["postgres", "sqlite"] as const;
export type SourceEngine = (typeof sourceEngines)[number];

/** The meter's steps, in order. None is ever inferred from another. */
export const proofLevels = ["stored", "verified", "proven"] as const;
export type ProofLevel = (typeof proofLevels)[number];

/** What a copy's last look at storage found. */
export const copyStates = ["writing", "stored", "missing", "damaged", "deleting"] as const;
export type CopyState = (typeof copyStates)[number];

export const environments = ["development", "staging", "production"] as const;
export type Environment = (typeof environments)[number];
