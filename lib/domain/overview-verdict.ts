import type { AlertCode } from "./alert-codes.ts";
import { isObjectiveMet, objectiveWithoutSchedules } from "./objective.ts";

/** A backup of a source without schedules that is older than this wants attention. */
export const backupOldAfterHours = objectiveWithoutSchedules / 3600;

/** What is open about a source, as people are told of it. */
export type OpenAlert = {
  readonly code: AlertCode;
  readonly at: Date;
  readonly runId: string | null;
  readonly backupId: string | null;
  readonly drillId: string | null;
};

/** What the overview knows of one source. The sample is not among them. */
export type OverviewSource = {
  readonly id: string;
  readonly name: string;
  readonly engine: "postgres" | "sqlite";
  readonly createdAt: Date;
  readonly paused: boolean;
  /** The newest backup that can be restored as far as anybody looked. */
  readonly lastGood: { readonly id: string; readonly at: Date; readonly verified: boolean } | null;
  /** How old it may be, in seconds. */
  readonly objectiveSeconds: number;
  /** The newest time of its backup schedules at which nothing started. */
  readonly missedAt: Date | null;
  /** Its contents changed as they never did before, and nobody could tell why. */
  readonly diverged: { readonly at: Date } | null;
  /** All that is open about it. */
  readonly alerts: readonly OpenAlert[];
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
  | "some-missed"
  | "some-old"
  | "some-diverged"
  | "some-failed"
  | "some-drill-failed"
  | "some-drill-overdue"
  | "some-alerts"
  | "channel-failing"
  | "no-worker"
  | "group-without-worker"
  | "tools-missing"
  | "no-space"
  | "clock-suspect"
  | "destination-unreachable";

export type Verdict = {
  readonly level: "good" | "attention" | "bad" | "empty";
  readonly code: VerdictCode;
  readonly sources: number;
  readonly affected: number;
  /** Sources that somebody paused: nothing new is made of them. */
  readonly paused: number;
  /** Sources of which a backup was ever restored and compared with success. */
  readonly proven: number;
  /** The oldest of their last proofs (or, where nothing was proven yet, verifications). */
  readonly oldestProofAt: Date | null;
};

export type SystemTroubles = {
  /** Nobody works at all. */
  readonly noWorker: boolean;
  /** Groups without a worker that some server, source or schedule names, while others work. */
  readonly silentGroups: readonly string[];
  readonly toolsMissing: boolean;
  readonly noSpace: boolean;
  /** The clock jumped, and nobody has said that it is right: nothing is removed meanwhile. */
  readonly clockSuspect: boolean;
  /** A place where backups lie could not be read or written when it was looked at last. */
  readonly destinationUnreachable: boolean;
  /** What a channel was to tell last did not arrive. */
  readonly channelFailing: boolean;
};

/** The newest good backup is older than the schedules promise. A paused source promises nothing. */
export function isOld({ paused, lastGood, objectiveSeconds }: OverviewSource, now: Date): boolean {
  return !paused && lastGood !== null && !isObjectiveMet(lastGood.at, objectiveSeconds, now);
}

/** A backup was missed and none was made since. A good backup cures it, and one that runs may. */
export function isMissed({ paused, isRunning, missedAt, lastGood }: OverviewSource): boolean {
  return missedAt !== null && !paused && !isRunning && (lastGood === null || lastGood.at < missedAt);
}

/** The newest good backup was never verified, and no other one lately either: between a backup and its verification of the same day nobody is asked. */
export function isUnverified({ lastGood, lastVerifiedAt, objectiveSeconds }: OverviewSource, now: Date): boolean {
  return lastGood !== null && !lastGood.verified && !isObjectiveMet(lastVerifiedAt, objectiveSeconds, now);
}

/**
 * Open alerts that no other fact of the source tells: whatever is open is asked for, once. What a running backup or drill may just be curing is not, nor is
 * a failed or missed backup of a paused source.
 */
export function untoldAlerts(source: OverviewSource): OpenAlert[] {
  const { alerts, paused, isRunning, failedRun, lastGood, damaged, drill } = source;
  const isBackupTold = paused || isRunning || failedRun !== null || lastGood === null || isMissed(source);
  const isTold = (code: AlertCode): boolean => {
    switch (code) {
      case "backup-failed":
      case "backup-missed":
        return isBackupTold;
      case "verification-failed":
        return damaged !== null;
      case "drill-failed":
        return drill !== null && (drill.failed !== null || drill.due === "running");
      // Judged by the drills themselves, by their contents, and for the whole installation.
      case "drill-due":
      case "drill-overdue":
      case "fingerprint-diverged":
      case "disk-nearly-full":
      case "destination-unreachable":
      case "clock-suspect":
      case "weekly-digest":
        return true;
      case "size-anomaly":
      case "gate-failed":
      case "clean-up-failed":
        return false;
    }
  };
  return alerts.filter(({ code }) => !isTold(code));
}

function oldest(times: readonly (Date | null)[]): Date | null {
  return times.reduce((first, time) => (time !== null && (first === null || time < first) ? time : first), null);
}

/**
 * The one sentence: the worst that is true of any source or of all. A source without a restorable backup weighs more than a failed run
 * beside a good one; drills come after backups, because they need one. "All good" is said only when every source's newest good backup was
 * verified and is as recent as promised and nothing is open, "can be restored" only when a backup of every source was restored in a drill and no drill is overdue.
 */
export function judge(sources: readonly OverviewSource[], troubles: SystemTroubles, now: Date): Verdict {
  const facts = {
    sources: sources.length,
    paused: sources.filter((source) => source.paused).length,
    proven: sources.filter((source) => source.lastProvenAt !== null).length,
    oldestProofAt: oldest(sources.map((source) => source.lastProvenAt ?? source.lastVerifiedAt)),
  };
  const say = (level: Verdict["level"], code: VerdictCode, affected: number): Verdict => ({ level, code, affected, ...facts });
  const many = (is: (source: OverviewSource) => boolean) => sources.filter(is).length;
  if (sources.length === 0) return say("empty", "no-sources", 0);
  if (troubles.noWorker) return say("bad", "no-worker", sources.length);
  const all = (isTrue: boolean) => (isTrue ? sources.length : 0);
  const worst = (
    [
      ["bad", "some-without-backup", many((source) => source.lastGood === null)],
      ["bad", "group-without-worker", all(troubles.silentGroups.length > 0)],
      ["bad", "destination-unreachable", all(troubles.destinationUnreachable)],
      ["attention", "some-failed", many((source) => source.damaged !== null || (source.failedRun !== null && !source.paused))],
      ["attention", "tools-missing", all(troubles.toolsMissing)],
      ["attention", "clock-suspect", all(troubles.clockSuspect)],
      ["attention", "no-space", all(troubles.noSpace)],
      ["attention", "channel-failing", all(troubles.channelFailing)],
      ["attention", "some-drill-failed", many((source) => source.drill?.failed !== null && source.drill?.failed !== undefined)],
      ["attention", "some-missed", many(isMissed)],
      ["attention", "some-old", many((source) => isOld(source, now))],
      ["attention", "some-drill-overdue", many((source) => source.drill?.due === "overdue")],
      ["attention", "some-diverged", many((source) => source.diverged !== null)],
      ["attention", "some-alerts", many((source) => untoldAlerts(source).length > 0)],
      ["attention", "all-stored", many((source) => isUnverified(source, now))],
    ] as const
  ).find(([, , affected]) => affected > 0);
  if (worst !== undefined) return say(worst[0], worst[1], worst[2]);
  return say("good", facts.proven === sources.length ? "all-proven" : "all-good", 0);
}
