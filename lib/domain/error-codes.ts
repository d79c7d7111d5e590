/**
 * The closed union of everything that can go wrong, with its category. The HTTP edge maps categories to statuses once;
 * `messages/<locale>.json` holds `errors.<code>.message` and `errors.<code>.hint` for each (a test compares the keys).
 */
export const errorCategories = {
  // the request
  "invalid-input": "invalid", // { issues: text of the first problems }
  "invalid-json": "invalid",
  "not-found": "not-found", // { entity, id }
  "version-conflict": "stale", // { entity, current }
  "version-required": "precondition-required",
  "idempotency-mismatch": "unprocessable",
  "method-not-allowed": "method",
  "range-not-satisfiable": "range", // { sizeBytes }
  "payload-too-large": "too-large", // { limitBytes }
  // who
  "not-signed-in": "unauthenticated",
  "not-allowed": "forbidden", // { permission }
  "cross-site": "forbidden",
  "sign-in-failed": "unauthenticated",
  "sign-in-blocked": "too-many", // { retryAfterSeconds }
  "setup-token-invalid": "forbidden",
  "setup-done": "conflict",
  "link-invalid": "forbidden",
  "password-not-yours": "invalid", // the current password that was given is not the person's
  "last-admin": "conflict",
  "user-duplicate": "conflict", // { email }
  "user-disabled": "conflict", // { name }
  "scope-not-yours": "forbidden", // { permission }
  // state of things
  "run-active": "conflict", // { runId, type }
  "run-finished": "conflict", // { runId, state }
  "source-paused": "conflict", // { source }
  "source-duplicate": "conflict", // { server, database, sourceId }; of a file: { database: its path, sourceId }
  "source-has-backups": "conflict", // { count }
  "server-has-sources": "conflict", // { count }
  "server-duplicate": "conflict", // { name }
  "backup-not-restorable": "conflict", // { backupId, state }
  "backup-has-dependents": "conflict", // { count }
  "backup-pinned": "conflict",
  "backup-kept-for-undo": "conflict", // { database, keptName }
  "chain-locked": "conflict", // { chainId, by }
  // reaching a server
  "address-invalid": "invalid", // { host, why }
  "address-forbidden": "invalid", // { host }
  "url-not-understood": "invalid", // { part }
  "host-unknown": "unprocessable", // { host }
  "connection-refused": "unprocessable", // { host, port }
  "connection-timeout": "unprocessable", // { host, port, seconds }
  "connection-lost": "unprocessable", // { host, port }
  "tls-not-offered": "unprocessable", // { host }
  "tls-untrusted": "unprocessable", // { host, detail }
  "password-wrong": "unprocessable", // { user }
  "sign-in-rejected": "unprocessable", // { user, detail }
  "database-missing": "unprocessable", // { database }
  "database-dropped": "unprocessable", // { database }
  "privilege-missing": "unprocessable", // { objects, count }
  "too-many-connections": "unprocessable", // { host }
  // tools
  "tool-missing": "unprocessable", // { tool, major, install }
  "tool-too-old": "unprocessable", // { tool, found, needed, install }
  "tool-below-safe-minimum": "unprocessable", // { tool, found, needed }
  "tool-failed": "unprocessable", // { tool, exitCode, detail }
  "tool-killed": "unprocessable", // { tool, signal }
  "tool-timeout": "unprocessable", // { tool, seconds }
  "tool-empty-output": "unprocessable", // { tool }
  "stream-cut": "unprocessable", // { detail }
  "table-locked": "unprocessable", // { table, seconds }
  "server-stalled": "unprocessable", // { seconds }
  // storage
  "no-space": "unprocessable", // { path, freeBytes, neededBytes }
  "no-inodes": "unprocessable", // { path }
  "read-only": "unprocessable", // { path }
  "permission-denied": "unprocessable", // { path }
  "io-error": "unprocessable", // { path, detail }
  "destination-foreign": "unprocessable", // { path }
  "destination-unmarked": "unprocessable", // { path, marker, installationId }
  "pack-missing": "unprocessable", // { key }
  "pack-truncated": "unprocessable", // { key, expectedBytes, actualBytes }
  "pack-damaged": "unprocessable", // { key, detail }
  "stream-mismatch": "unprocessable", // { expected, actual }
  "sidecar-untrusted": "unprocessable", // { key }
  "format-unknown": "unprocessable", // { detail }
  // chains
  "chain-broken": "unprocessable", // { key }: a pack that the backup needs is not there
  "chain-too-large": "unprocessable", // { segments }
  // why a full was made although a member was asked for, or what stands in a member's way
  "no-base": "unprocessable",
  "base-missing": "unprocessable", // { backupId, key }
  "base-damaged": "unprocessable", // { backupId }
  "base-excludes-differ": "unprocessable",
  "chain-outgrown": "unprocessable", // { streamBytes, averageSegmentBytes }
  "chain-retired": "conflict", // { chainId }
  // restore points
  "no-restore-point": "unprocessable", // { at }
  "plan-changed": "conflict", // { backupId }: another backup is now the one for the date
  // files of this host
  "files-not-allowed": "forbidden", // no folder is configured
  "file-outside": "forbidden", // { path, roots }
  "file-missing": "unprocessable", // { path }
  "file-exists": "conflict", // { path }
  "file-not-sqlite": "unprocessable", // { path }
  "file-in-use": "conflict", // { path, count }
  "file-changed": "conflict", // { path }
  "file-use-unknown": "conflict", // { path }
  "sqlite-check-failed": "unprocessable", // { check, detail }
  // files from elsewhere
  "import-format-unknown": "unprocessable", // { fileName, found }
  "import-incomplete": "conflict", // { receivedBytes, bytes }
  "import-part-mismatch": "conflict", // { receivedBytes }: where the next part begins
  "import-engine-differs": "conflict", // { format, engine }
  "sandbox-unavailable": "unprocessable", // { detail }
  "script-forbidden": "unprocessable", // { line, detail }
  "script-failed": "unprocessable", // { line, detail }
  "orphan-gone": "conflict", // { key }
  // restoring
  "target-exists": "conflict", // { database }
  "target-is-catalogue": "forbidden", // { database }
  "target-name-invalid": "invalid", // { database, why }
  "target-kind-differs": "invalid", // { engine }: of the source that the backup is of
  "target-too-old": "unprocessable", // { serverVersion, backupVersion }
  "target-cannot-create": "unprocessable", // { user }
  "target-encoding-missing": "unprocessable", // { detail }
  "extension-missing": "unprocessable", // { extension }
  "roles-missing": "unprocessable", // { roles, count }
  "tablespaces-missing": "unprocessable", // { tablespaces, count }
  "preview-stale": "conflict",
  "confirmation-mismatch": "invalid", // { expected }
  "confirmation-production": "precondition-required", // { database }
  "replace-needs-all": "invalid",
  "target-missing": "unprocessable", // { database }
  "target-not-owned": "unprocessable", // { database, owner, user }
  "target-has-prepared": "unprocessable", // { database, count }
  "target-changed": "conflict", // { database }: another database has the name since
  "sessions-not-ended": "unprocessable", // { database, count, who }
  "safety-backup-failed": "unprocessable", // { runId }
  "safety-backup-old": "unprocessable", // { minutes }
  "server-changed": "conflict", // { host, port }
  "follow-failed": "unprocessable", // { detail }: settings, grants or owner could not be carried over
  "replace-not-undoable": "conflict", // { why }
  "replace-not-cleanable": "conflict", // { why }
  "encoding-differs": "unprocessable", // { backup, target }
  "replication-stays": "unprocessable", // { database, count }
  "excluded-tables-empty": "unprocessable", // { tables, count }
  "restore-errors": "unprocessable", // { count, first }
  "restore-differs": "unprocessable", // { count, first }
  // drills and incidents
  "drill-open": "conflict", // { drillId }: of that source
  "drill-state": "conflict", // { state }: not possible in it
  "drill-paused": "conflict",
  "drill-busy": "conflict", // { runId }
  "drill-blocked": "unprocessable", // { code }: of the first thing that makes it meaningless
  "drill-no-backup": "unprocessable", // { selection }
  "drill-no-target": "unprocessable", // { detail }
  "drill-verdict-too-good": "unprocessable", // { best }
  "drill-not-operator": "forbidden", // { operator }
  "drill-sign-person": "forbidden", // a token of the API signs for nobody
  "drill-checks-first": "conflict", // { count }: checks without a verdict that read the copy
  "drill-copy-given-out": "conflict", // whoever has its address may have changed it
  "drill-name-mismatch": "invalid", // { expected }: signed with another name
  "backup-not-verified": "unprocessable", // a drill may restore it all the same
  "roles-not-recorded": "unprocessable",
  "objective-missing": "unprocessable",
  "answers-needed": "unprocessable", // { count }: manual checks of an unattended drill
  "copy-gone": "unprocessable", // { detail }: the restored copy is not there any more
  "check-unknown": "not-found", // { key }
  "check-not-possible": "unprocessable", // { detail }
  "check-differs": "unprocessable", // { expected, actual }
  "check-missing": "unprocessable", // { what, count, first }
  "check-found": "unprocessable", // { what, count, first }: something that should not be there
  "check-pending": "unprocessable", // { count }
  "check-failed": "unprocessable", // { count, first }
  "check-timeout": "unprocessable", // { seconds }
  "check-needs-sandbox": "unprocessable",
  "check-no-content": "unprocessable",
  "objective-missed": "unprocessable", // { objectiveSeconds, actualSeconds }
  "query-refused": "forbidden", // { detail }
  "query-failed": "unprocessable", // { detail, position }
  "hook-unknown": "not-found", // { name }
  "application-not-ready": "unprocessable", // { name, detail }
  "report-not-written": "not-found",
  "incident-items-open": "unprocessable", // { count }
  "incident-state": "conflict", // { state }: not possible in it
  "incident-open": "conflict", // { incidentId, number }: of that kind and source
  "incident-no-cause": "unprocessable",
  // policy
  "cron-invalid": "invalid", // { cron, detail }
  "cron-never": "invalid", // { cron }
  "policy-in-use": "conflict", // { count }
  "policy-duplicate": "conflict", // { name }
  "backup-not-trashed": "conflict", // { state }
  "backup-trashed": "conflict", // {}: it is in the trash already
  "clock-suspect": "unavailable", // { seconds }: nothing is removed until somebody confirms the clock
  "removal-partial": "unprocessable", // { removed, failed }
  "gate-state": "conflict", // { state }: not possible in it
  "gate-backup-failed": "unprocessable", // { code }
  "gate-verify-failed": "unprocessable", // { code }
  "gate-check-failed": "unprocessable", // { exitCode }
  "gate-timeout": "unprocessable", // { minutes }
  "gate-cancelled": "conflict", // { by }
  "channel-incomplete": "invalid", // { field }
  "channel-unreachable": "unprocessable", // { host, detail }
  "channel-refused": "unprocessable", // { status, detail }
  "channel-timeout": "unprocessable", // { host, seconds }
  "delivery-state": "conflict", // { state }: not possible in it
  // runs and workers
  "worker-lost": "unprocessable", // { workerId }
  "lease-lost": "conflict", // { runId }
  "run-cancelled": "conflict",
  "worker-stopping": "unavailable",
  "no-worker": "unavailable", // { group }
  "probe-timeout": "unavailable", // { seconds }
  // the rest
  "catalogue-unavailable": "unavailable",
  "catalogue-full": "unavailable", // its disk has no room for another row
  "web-unreachable": "unavailable", // made by the client when no answer came
  "secret-key-missing": "unavailable", // { keyId }
  internal: "internal",
} as const satisfies Record<string, ErrorCategory>;

export type ErrorCategory =
  | "invalid"
  | "unauthenticated"
  | "forbidden"
  | "not-found"
  | "method"
  | "conflict"
  | "stale"
  | "precondition-required"
  | "too-large"
  | "range"
  | "unprocessable"
  | "too-many"
  | "unavailable"
  | "internal";
