/** Kinds of backup. Only `full` is made so far; the others are in the model so that manifests do not change later. */
export const backupKinds = ["full", "differential", "incremental"] as const;
export type BackupKind = (typeof backupKinds)[number];

/**
 * States of a manifest row. `writing` is the intent row and is never shown; `available` can be restored; `trashed` waits for
 * removal; `deleting` is on its way out (storage first, row last).
 */
export const backupStates = ["writing", "available", "trashed", "deleting"] as const;
export type BackupState = (typeof backupStates)[number];

/** The meter's steps, in order. None is ever inferred from another. */
export const proofLevels = ["stored", "verified", "proven"] as const;
export type ProofLevel = (typeof proofLevels)[number];

/** What a copy's last look at storage found. */
export const copyStates = ["writing", "stored", "missing", "damaged", "deleting"] as const;
export type CopyState = (typeof copyStates)[number];

export const environments = ["development", "staging", "production"] as const;
export type Environment = (typeof environments)[number];
