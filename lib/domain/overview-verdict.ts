const hourMs = 3_600_000;

/** A backup that is older than this wants attention: a day, and two hours for a daily habit's jitter. */
export const backupOldAfterHours = 26;

/** What the overview knows of one source. The sample is not among them. */
export type OverviewSource = {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly paused: boolean;
  /** The newest backup that can be restored as far as anybody looked. */
  readonly lastGood: { readonly id: string; readonly at: Date; readonly verified: boolean } | null;
  readonly lastVerifiedAt: Date | null;
  readonly lastProvenAt: Date | null;
  /** The newest backup, when its last verification failed or it is not where it was stored. */
  readonly damaged: { readonly id: string; readonly at: Date | null } | null;
  /** The newest backup run, when it failed. */
  readonly failedRun: { readonly id: string; readonly at: Date } | null;
  readonly isRunning: boolean;
};

export type NeedCode =
  | "source-never-backed-up"
  | "backup-failed"
  | "backup-old"
  | "backup-unverified"
  | "verify-failed"
  | "no-worker"
  | "tools-missing"
  | "no-space"
  | "kept-database";

/** A database that a replacement (or its undo) keeps is asked about after this long: by then nobody will want it back. */
export const keptTooLongDays = 7;

/** What a replacement keeps beside the database that answers. */
export type KeptDatabase = {
  readonly restoreId: string;
  readonly sourceId: string | null;
  readonly sourceName: string | null;
  readonly database: string;
  readonly keptName: string;
  readonly since: Date;
};

export type Need = {
  readonly code: NeedCode;
  readonly sourceId: string | null;
  readonly sourceName: string | null;
  readonly runId: string | null;
  readonly backupId: string | null;
  readonly restoreId: string | null;
  readonly database: string | null;
  readonly keptName: string | null;
  readonly since: Date | null;
};

const nothing: Omit<Need, "code"> = {
  sourceId: null,
  sourceName: null,
  runId: null,
  backupId: null,
  restoreId: null,
  database: null,
  keptName: null,
  since: null,
};

export type Verdict = {
  readonly level: "good" | "attention" | "bad" | "empty";
  readonly code: "no-sources" | "all-good" | "all-stored" | "some-without-backup" | "some-old" | "some-failed" | "no-worker";
  readonly sources: number;
  readonly affected: number;
  readonly oldestProofAt: Date | null;
};

/** What stands in the way of every source, as far as workers report it. */
export type SystemTroubles = { readonly noWorker: boolean; readonly toolsMissing: boolean; readonly noSpace: boolean };

/** Worst first. */
const severity: readonly NeedCode[] = [
  "no-worker",
  "tools-missing",
  "no-space",
  "verify-failed",
  "source-never-backed-up",
  "backup-failed",
  "backup-old",
  "backup-unverified",
  "kept-database",
];

function isOld(source: OverviewSource, now: Date): boolean {
  return !source.paused && source.lastGood !== null && now.getTime() - source.lastGood.at.getTime() > backupOldAfterHours * hourMs;
}

/** The one worst thing about a source, or null. What a running backup may just be curing is not asked for. */
function needOf(source: OverviewSource, now: Date): Need | null {
  const need = (code: NeedCode, rest: Partial<Need>): Need => ({
    ...nothing,
    code,
    sourceId: source.id,
    sourceName: source.name,
    ...rest,
  });
  if (source.damaged !== null) return need("verify-failed", { backupId: source.damaged.id, since: source.damaged.at });
  if (!source.isRunning && !source.paused) {
    if (source.failedRun !== null) return need("backup-failed", { runId: source.failedRun.id, since: source.failedRun.at });
    if (source.lastGood === null) return need("source-never-backed-up", { since: source.createdAt });
    if (isOld(source, now)) return need("backup-old", { since: source.lastGood.at });
  }
  if (source.lastGood !== null && !source.lastGood.verified) {
    return need("backup-unverified", { backupId: source.lastGood.id, since: source.lastGood.at });
  }
  return null;
}

function systemNeeds(troubles: SystemTroubles): Need[] {
  return [
    ...(troubles.noWorker ? [{ code: "no-worker" as const, ...nothing }] : []),
    ...(troubles.toolsMissing ? [{ code: "tools-missing" as const, ...nothing }] : []),
    ...(troubles.noSpace ? [{ code: "no-space" as const, ...nothing }] : []),
  ];
}

/** What wants a person, worst first and then longest waiting, one entry per source and kept database, five at most. */
export function findNeeds(
  sources: readonly OverviewSource[],
  troubles: SystemTroubles,
  now: Date,
  kept: readonly KeptDatabase[] = [],
): Need[] {
  const keptLong = kept.filter(({ since }) => now.getTime() - since.getTime() > keptTooLongDays * 24 * hourMs);
  const needs = [
    ...systemNeeds(troubles),
    ...sources.map((source) => needOf(source, now)).filter((need) => need !== null),
    ...keptLong.map((database): Need => Object.assign({ ...nothing, code: "kept-database" as const }, database)),
  ];
  return needs
    .toSorted(
      (left, right) =>
        severity.indexOf(left.code) - severity.indexOf(right.code) ||
        (left.since?.getTime() ?? 0) - (right.since?.getTime() ?? 0) ||
        (left.sourceName ?? "").localeCompare(right.sourceName ?? ""),
    )
    .slice(0, 5);
}

function oldest(times: readonly (Date | null)[]): Date | null {
  return times.reduce((first, time) => (time !== null && (first === null || time < first) ? time : first), null);
}

/**
 * The one sentence: the worst that is true of any source. A source without a restorable backup weighs more than a failed run beside
 * a good one. "All good" is said only when every source's newest good backup was verified.
 */
export function judge(sources: readonly OverviewSource[], troubles: SystemTroubles, now: Date): Verdict {
  const facts = { sources: sources.length, oldestProofAt: oldest(sources.map((source) => source.lastProvenAt ?? source.lastVerifiedAt)) };
  if (sources.length === 0) return { level: "empty", code: "no-sources", affected: 0, ...facts };
  if (troubles.noWorker) return { level: "bad", code: "no-worker", affected: sources.length, ...facts };
  const without = sources.filter((source) => source.lastGood === null).length;
  if (without > 0) return { level: "bad", code: "some-without-backup", affected: without, ...facts };
  const failed = sources.filter((source) => source.damaged !== null || (source.failedRun !== null && !source.paused)).length;
  if (failed > 0) return { level: "attention", code: "some-failed", affected: failed, ...facts };
  const old = sources.filter((source) => isOld(source, now)).length;
  if (old > 0) return { level: "attention", code: "some-old", affected: old, ...facts };
  const unverified = sources.filter((source) => source.lastGood?.verified === false).length;
  if (unverified > 0) return { level: "attention", code: "all-stored", affected: unverified, ...facts };
  return { level: "good", code: "all-good", affected: 0, ...facts };
}
