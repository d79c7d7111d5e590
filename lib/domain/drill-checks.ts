/** Checks that Lifeboat knows by itself. */
export const builtInChecks = [
  /** Every byte of the stream had the checksums that were recorded. */
  "stream-checksum",
  /** Restored without an error that is not classified as harmless. */
  "restore-errors",
  "tables-present",
  /** Rows and content digest of every table equal those that were recorded from the dump itself. */
  "content",
  "database-properties",
  "sequences",
  "constraints",
  "foreign-keys",
  /** Roles, owners and grants. */
  "roles",
  "extensions",
  "migration-head",
  /** Age of the newest row of a table: the real recovery point. */
  "newest-row",
  /** Within bounds of the drill before. */
  "size",
  /** `amcheck`, where it can be had. */
  "index-structure",
  "sqlite-integrity",
  "sqlite-foreign-keys",
  "recovery-time",
  "recovery-point",
] as const;
export type BuiltInCheck = (typeof builtInChecks)[number];

/** Checks that people define. */
export const ownChecks = ["sql", "http", "command", "manual"] as const;
export type OwnCheck = (typeof ownChecks)[number];

export const checkTypes = [...builtInChecks, ...ownChecks] as const;
export type CheckType = (typeof checkTypes)[number];

/** `not-applicable` is decided before anything ran, from what the backup is (no sequences recorded, no earlier drill); an error is `failed`. */
export const checkStates = ["pending", "running", "passed", "failed", "not-applicable"] as const;
export type CheckState = (typeof checkStates)[number];

/** Those that look at what the tables hold: a drill without one of them cannot pass. */
const contentChecks: ReadonlySet<CheckType> = new Set(["content", "sql", "http", "command"]);

export function isContentCheck(type: CheckType): boolean {
  return contentChecks.has(type);
}

/** Those that a person decides. */
export function isManualCheck(type: CheckType): boolean {
  return type === "manual";
}
