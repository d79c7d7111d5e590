const hourMs = 3_600_000;

/** A backup that is older than this wants attention: a day, and two hours for a daily habit's jitter. */
export const backupOldAfterHours = 26;

/** What the overview knows of one source. The sample is not among them. */
export type OverviewSource = {
  readonly id: string;
  readonly name: string;
  readonly engine: "postgres" | "sqlite";
  readonly createdAt: Date;
  readonly paused: boolean;
  /** The newest backup that can be restored as far as anybody looked. */
  readonly lastGood: { readonly id: string; readonly at: Date; readonly verified: boolean } | null;
  readonly lastVerifiedAt: Date | null;
  /** When a backup of it was last restored and compared with success. */
  readonly lastProvenAt: Date | null;
  /** The newest backup, when its last verification failed or it is not where it was stored. */
  readonly damaged: { readonly id: string; readonly at: Date | null } | null;
  /** The newest backup run, when it failed. */
  readonly failedRun: { readonly id: string; readonly at: Date } | null;
  readonly isRunning: boolean;
  /** Where it stands with its drills; null without a plan. */
  readonly drill: {
    readonly due: "none" | "ok" | "due-soon" | "due" | "overdue" | "running";
    readonly nextDueAt: Date;
    /** The drill that is not over, under way or not. */
    readonly openId: string | null;
    /** The last closed drill, when it failed. */
    readonly failed: { readonly id: string; readonly at: Date } | null;
  } | null;
};

export type VerdictCode =
  | "no-sources"
  | "all-proven"
  | "all-good"
  | "all-stored"
  | "some-without-backup"
  | "some-old"
  | "some-failed"
  | "some-drill-failed"
  | "some-drill-overdue"
  | "no-worker";

export type Verdict = {
  readonly level: "good" | "attention" | "bad" | "empty";
  readonly code: VerdictCode;
  readonly sources: number;
  readonly affected: number;
  /** Sources of which a backup was ever restored and compared with success. */
  readonly proven: number;
  /** The oldest of their last proofs (or, where nothing was proven yet, verifications). */
  readonly oldestProofAt: Date | null;
};

export type SystemTroubles = { readonly noWorker: boolean; readonly toolsMissing: boolean; readonly noSpace: boolean };

export function isOld(source: OverviewSource, now: Date): boolean {
  return !source.paused && source.lastGood !== null && now.getTime() - source.lastGood.at.getTime() > backupOldAfterHours * hourMs;
}

function oldest(times: readonly (Date | null)[]): Date | null {
  return times.reduce((first, time) => (time !== null && (first === null || time < first) ? time : first), null);
}

/**
 * The one sentence: the worst that is true of any source. A source without a restorable backup weighs more than a failed run beside
 * a good one; drills come after backups, because they need one. "All good" is said only when every source's newest good backup was
 * verified, "can be restored" only when a backup of every source was restored in a drill and no drill is overdue.
 */
export function judge(sources: readonly OverviewSource[], troubles: SystemTroubles, now: Date): Verdict {
  const facts = {
    sources: sources.length,
    proven: sources.filter((source) => source.lastProvenAt !== null).length,
    oldestProofAt: oldest(sources.map((source) => source.lastProvenAt ?? source.lastVerifiedAt)),
  };
  const say = (level: Verdict["level"], code: VerdictCode, affected: number): Verdict => ({ level, code, affected, ...facts });
  const many = (is: (source: OverviewSource) => boolean) => sources.filter(is).length;
  if (sources.length === 0) return say("empty", "no-sources", 0);
  if (troubles.noWorker) return say("bad", "no-worker", sources.length);
  const worst = (
    [
      ["bad", "some-without-backup", many((source) => source.lastGood === null)],
      ["attention", "some-failed", many((source) => source.damaged !== null || (source.failedRun !== null && !source.paused))],
      ["attention", "some-drill-failed", many((source) => source.drill?.failed !== null && source.drill?.failed !== undefined)],
      ["attention", "some-old", many((source) => isOld(source, now))],
      ["attention", "some-drill-overdue", many((source) => source.drill?.due === "overdue")],
      ["attention", "all-stored", many((source) => source.lastGood?.verified === false)],
    ] as const
  ).find(([, , affected]) => affected > 0);
  if (worst !== undefined) return say(worst[0], worst[1], worst[2]);
  return say("good", facts.proven === sources.length ? "all-proven" : "all-good", 0);
}
