import type { CheckType } from "./drill-checks.ts";
import type { DrillTargetType } from "./drill-state.ts";

/** What is known of a drill before anything ran, as far as it decides which checks have something to look at. */
export type KnownBefore = {
  readonly engine: "postgres" | "sqlite";
  readonly target: DrillTargetType;
  /** The sandbox runs as another account, and its owner is a superuser. */
  readonly confined?: boolean;
  /** Properties of the database were recorded with the backup. */
  readonly hasProperties: boolean;
  /** Tables with data were recorded, and a digest of each. */
  readonly hasContent: boolean;
  readonly sequences: number;
  readonly extensions: number;
  readonly hasMigrationHead: boolean;
  /** The latest drill of the source that measured its copy. */
  readonly previousCopyBytes: number | null;
  readonly recoveryTimeSeconds: number | null;
  readonly recoveryPointSeconds: number | null;
};

/**
 * Whether a check has anything to look at, from what the backup is and not from what a look at its copy finds. `application` is the one
 * that a `migration-head` check names.
 */
export function applicableState(check: { type: CheckType; application?: string | null }, known: KnownBefore): "pending" | "not-applicable" {
  return isApplicable(check, known) ? "pending" : "not-applicable";
}

function isApplicable(check: { type: CheckType; application?: string | null }, known: KnownBefore): boolean {
  const isPostgres = known.engine === "postgres";
  switch (check.type) {
    case "stream-checksum":
    case "tables-present":
    case "newest-row":
    case "sql":
    case "http":
    case "command":
    case "manual":
      return true;
    // A file is compared byte for byte, whatever is in it.
    case "content":
      return !isPostgres || known.hasContent;
    case "restore-errors":
    case "constraints":
    case "foreign-keys":
    case "roles":
      return isPostgres;
    // The extension is made in the copy, in a transaction that is rolled back: a superuser's right, which only confined sandboxes give.
    case "index-structure":
      return isPostgres && known.target === "sandbox" && known.confined !== false;
    case "database-properties":
      return isPostgres && known.hasProperties;
    case "sequences":
      return isPostgres && known.sequences > 0;
    case "extensions":
      return isPostgres && known.extensions > 0;
    case "migration-head":
      return isPostgres && (known.hasMigrationHead || (check.application ?? null) !== null);
    case "size":
      return known.previousCopyBytes !== null;
    case "sqlite-integrity":
    case "sqlite-foreign-keys":
      return !isPostgres;
    case "recovery-time":
      return known.recoveryTimeSeconds !== null;
    case "recovery-point":
      return known.recoveryPointSeconds !== null;
  }
}
