import type { AlertCode } from "./alert-codes.ts";
import { isMissed, isOld, isUnverified, type OverviewSource, type SystemTroubles, untoldAlerts } from "./overview-verdict.ts";

const dayMs = 24 * 3_600_000;

/** Worst first. */
export const needCodes = [
  "no-worker",
  "destination-unreachable",
  "tools-missing",
  "clock-suspect",
  "no-space",
  "channel-failing",
  "verify-failed",
  "source-never-backed-up",
  "incident-open",
  "backup-failed",
  "backup-missed",
  "drill-failed",
  "drill-overdue",
  "gate-failed",
  "backup-old",
  "clean-up-failed",
  "size-odd",
  "fingerprint-diverged",
  "backup-unverified",
  "drill-due",
  "kept-database",
] as const;
export type NeedCode = (typeof needCodes)[number];

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

/** An incident that nobody has closed. */
export type OpenIncident = {
  readonly incidentId: string;
  readonly incidentNumber: number;
  /** As somebody named it; null: as its kind says. */
  readonly incidentTitle: string | null;
  readonly incidentKind: "drill-failed" | "backup-failed" | "manual";
  readonly sourceId: string | null;
  readonly sourceName: string | null;
  readonly since: Date;
};

export type Need = {
  readonly code: NeedCode;
  readonly sourceId: string | null;
  readonly sourceName: string | null;
  readonly sourceEngine: OverviewSource["engine"] | null;
  readonly runId: string | null;
  readonly backupId: string | null;
  readonly restoreId: string | null;
  readonly drillId: string | null;
  readonly incidentId: string | null;
  readonly incidentNumber: number | null;
  readonly incidentTitle: string | null;
  readonly incidentKind: OpenIncident["incidentKind"] | null;
  readonly database: string | null;
  readonly keptName: string | null;
  /** `no-worker`: the group that has none; null: nobody works at all. */
  readonly group: string | null;
  readonly since: Date | null;
};

const nothing: Omit<Need, "code"> = {
  sourceId: null,
  sourceName: null,
  sourceEngine: null,
  runId: null,
  backupId: null,
  restoreId: null,
  drillId: null,
  incidentId: null,
  incidentNumber: null,
  incidentTitle: null,
  incidentKind: null,
  database: null,
  keptName: null,
  group: null,
  since: null,
};

const mostNeeds = 5;

function needMaker(source: OverviewSource): (code: NeedCode, rest: Partial<Need>) => Need {
  return (code, rest) => ({ ...nothing, code, sourceId: source.id, sourceName: source.name, sourceEngine: source.engine, ...rest });
}

/** The one worst thing about a source's backups, or null. What a running backup may just be curing is not asked for. */
function backupNeed(source: OverviewSource, now: Date): Need | null {
  const need = needMaker(source);
  if (source.damaged !== null) return need("verify-failed", { backupId: source.damaged.id, since: source.damaged.at });
  if (!source.isRunning && !source.paused) {
    if (source.failedRun !== null) return need("backup-failed", { runId: source.failedRun.id, since: source.failedRun.at });
    if (source.lastGood === null) return need("source-never-backed-up", { since: source.createdAt });
    if (isMissed(source)) return need("backup-missed", { since: source.missedAt });
    if (isOld(source, now)) return need("backup-old", { since: source.lastGood.at });
  }
  if (source.lastGood !== null && isUnverified(source, now)) {
    return need("backup-unverified", { backupId: source.lastGood.id, since: source.lastGood.at });
  }
  return null;
}

/** Its contents, where they changed oddly: whether that was meant only a person can tell. */
function contentNeed(source: OverviewSource): Need | null {
  return source.diverged === null ? null : needMaker(source)("fingerprint-diverged", { since: source.diverged.at });
}

/** What asks for an open alert that no other fact tells. */
const needOfAlert: Partial<Record<AlertCode, NeedCode>> = {
  "backup-failed": "backup-failed",
  "backup-missed": "backup-missed",
  "verification-failed": "verify-failed",
  "drill-failed": "drill-failed",
  "gate-failed": "gate-failed",
  "clean-up-failed": "clean-up-failed",
  "size-anomaly": "size-odd",
};

function alertNeeds(source: OverviewSource): Need[] {
  const need = needMaker(source);
  return untoldAlerts(source).flatMap(({ code, at, runId, backupId, drillId }) => {
    const known = needOfAlert[code];
    return known === undefined ? [] : [need(known, { runId, backupId, drillId, since: at })];
  });
}

/** The one worst thing about its drills, or null. A drill that is under way may just be curing it; one that rests is where to go on. */
function drillNeed(source: OverviewSource): Need | null {
  const { drill } = source;
  if (drill === null || drill.due === "running") return null;
  const need = needMaker(source);
  if (drill.failed !== null) return need("drill-failed", { drillId: drill.failed.id, since: drill.failed.at });
  if (drill.due === "overdue" || drill.due === "due") return need(`drill-${drill.due}`, { drillId: drill.openId, since: drill.nextDueAt });
  return null;
}

function systemNeeds(troubles: SystemTroubles): Need[] {
  return [
    ...(troubles.noWorker ? [{ code: "no-worker" as const, ...nothing }] : []),
    ...troubles.silentGroups.map((group) => ({ code: "no-worker" as const, ...nothing, group })),
    ...(troubles.destinationUnreachable ? [{ code: "destination-unreachable" as const, ...nothing }] : []),
    ...(troubles.clockSuspect ? [{ code: "clock-suspect" as const, ...nothing }] : []),
    ...(troubles.toolsMissing ? [{ code: "tools-missing" as const, ...nothing }] : []),
    ...(troubles.noSpace ? [{ code: "no-space" as const, ...nothing }] : []),
    ...(troubles.channelFailing ? [{ code: "channel-failing" as const, ...nothing }] : []),
  ];
}

/**
 * What wants a person, worst first and then longest waiting, five at most: of each source the worst about its backups, the worst about
 * its drills, what became of its contents, alerts that nothing else stands for, kept databases, open incidents. An open incident stands for the failures that it is about. However much there is, an
 * overdue drill is told.
 */
export function findNeeds(
  sources: readonly OverviewSource[],
  troubles: SystemTroubles,
  now: Date,
  { kept = [], incidents = [] }: { kept?: readonly KeptDatabase[]; incidents?: readonly OpenIncident[] } = {},
): Need[] {
  const keptLong = kept.filter(({ since }) => now.getTime() - since.getTime() > keptTooLongDays * dayMs);
  const isTold = (need: Need) =>
    incidents.some(({ incidentKind, sourceId }) => incidentKind === need.code && sourceId !== null && sourceId === need.sourceId);
  const needs = [
    ...systemNeeds(troubles),
    ...sources
      .flatMap((source) => [backupNeed(source, now), drillNeed(source), contentNeed(source), ...alertNeeds(source)])
      .filter((need) => need !== null && !isTold(need)),
    ...incidents.map((incident): Need => Object.assign({ ...nothing, code: "incident-open" as const }, incident)),
    ...keptLong.map((database): Need => Object.assign({ ...nothing, code: "kept-database" as const }, database)),
  ].filter((need) => need !== null);
  const ordered = needs.toSorted(
    (left, right) =>
      needCodes.indexOf(left.code) - needCodes.indexOf(right.code) ||
      (left.since?.getTime() ?? 0) - (right.since?.getTime() ?? 0) ||
      (left.sourceName ?? "").localeCompare(right.sourceName ?? ""),
  );
  return withOverdue(ordered);
}

/** The first five; where an overdue drill is only among the rest, the one that waits longest takes the last place. */
function withOverdue(ordered: readonly Need[]): Need[] {
  const shown = ordered.slice(0, mostNeeds);
  const overdue = ordered.find(({ code }) => code === "drill-overdue");
  return overdue === undefined || shown.includes(overdue) ? shown : [...shown.slice(0, mostNeeds - 1), overdue];
}
