import type { BackupKind } from "./backup-state.ts";
import type { NeedEdge } from "./removal-order.ts";
import { decide, type RetentionCandidate, type RetentionDecision } from "./retention.ts";
import { newestOf } from "./retention-keep.ts";
import type { RetentionRule } from "./retention-rule.ts";

const dayMs = 86_400_000;

/** A backup that the schedules would make. */
export type PlannedBackup = { readonly at: Date; readonly kind: BackupKind; readonly storedBytes: number };

export type Simulation = {
  readonly candidates: readonly RetentionCandidate[];
  readonly needs: readonly NeedEdge[];
  readonly rule: RetentionRule | null;
  readonly now: Date;
  /** In the order of time, all later than `now`. */
  readonly planned: readonly PlannedBackup[];
  /** A verification is scheduled: what is made is verified a while later. */
  readonly verifies: boolean;
  readonly graceDays: number;
};

export type SimulatedDay = {
  /** Days from now; 0 is now. */
  readonly day: number;
  readonly at: Date;
  /** What the policy says that day of everything that is not in the trash, `planned-<n>` among it. */
  readonly decisions: readonly RetentionDecision[];
  /** What `decisions` are about, in their order. */
  readonly candidates: readonly RetentionCandidate[];
  readonly backups: number;
  /** With what waits in the trash. */
  readonly storedBytes: number;
  /** How many move to the trash that day. */
  readonly trashed: number;
};

/** True for a backup that is only planned. */
export function isPlanned(id: string): boolean {
  return id.startsWith("planned-");
}

/**
 * Goes on day by day as if a clean-up came each day, every planned backup succeeded, and nobody pinned, restored or drilled anything. Endless; each
 * day costs one decision.
 */
export function* simulate(simulation: Simulation): Generator<SimulatedDay, never> {
  const { rule, now, planned, verifies, graceDays } = simulation;
  let left = [...simulation.candidates];
  let needs = [...simulation.needs];
  let trash: { readonly bytes: number; readonly until: number }[] = [];
  let made = 0;
  for (let day = 0; ; day += 1) {
    const at = new Date(now.getTime() + day * dayMs);
    // The day before keeps its own.
    left = left.slice();
    for (let next = planned[made]; next !== undefined && next.at <= at; next = planned[made]) {
      const { backup, base } = carryOut(next, made, left, verifies);
      left.push(backup);
      // What the base needs itself is needed through it.
      if (base !== undefined) needs.push({ backupId: backup.id, needsId: base.id });
      made += 1;
    }
    // What is in use is so today.
    if (day === 1) left = left.map((each) => (each.inUse ? Object.assign({}, each, { inUse: false }) : each));
    const candidates = left;
    const decisions = decide(left, needs, rule, { now: at });
    const gone = new Set(decisions.flatMap(({ id, verdict }) => (verdict === "trash" ? [id] : [])));
    trash = trash.filter(({ until }) => until > day);
    if (gone.size > 0) {
      if (graceDays > 0) for (const each of left) if (gone.has(each.id)) trash.push({ bytes: each.storedBytes, until: day + graceDays });
      left = left.filter(({ id }) => !gone.has(id));
      needs = needs.filter(({ backupId }) => !gone.has(backupId));
    }
    const storedBytes = left.reduce((sum, each) => sum + each.storedBytes, 0) + trash.reduce((sum, { bytes }) => sum + bytes, 0);
    yield { day, at, decisions, candidates, backups: left.length, storedBytes, trashed: gone.size };
  }
}

/** A member without anything to be built upon is a full, as with real ones. */
function carryOut(
  { at, kind, storedBytes }: PlannedBackup,
  index: number,
  left: readonly RetentionCandidate[],
  verifies: boolean,
): { backup: RetentionCandidate; base: RetentionCandidate | undefined } {
  const isBase = (each: RetentionCandidate) => each.good && !each.imported && (kind === "incremental" || each.kind === "full");
  const base = kind === "full" ? undefined : newestOf(left.filter(isBase), ({ snapshotAt }) => snapshotAt.getTime());
  const backup: RetentionCandidate = {
    id: `planned-${index}`,
    kind: base === undefined ? "full" : kind,
    snapshotAt: at,
    madeAt: at,
    storedBytes,
    good: true,
    verified: verifies,
    proven: false,
    pinned: false,
    inUse: false,
    imported: false,
  };
  return { backup, base };
}
