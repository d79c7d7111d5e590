import type { BackupKind } from "./backup-state.ts";
import { clockToleranceMs } from "./clock-tolerance.ts";
import { type NeedEdge, removalOrder } from "./removal-order.ts";
import { type ClockView, keptByRule, newestFirst, newestOf } from "./retention-keep.ts";
import type { KeepReasonCode, RemoveReasonCode, RetentionRule } from "./retention-rule.ts";

/** A backup as a policy sees it. What is in the trash is none: it is neither good nor needed. */
export type RetentionCandidate = {
  readonly id: string;
  readonly kind: BackupKind;
  /** By the clock of the source's server. */
  readonly snapshotAt: Date;
  /** When it was made, by the catalogue's clock; of a synthetic full, when what it was made from was. */
  readonly madeAt: Date;
  readonly storedBytes: number;
  /** It can be restored as far as anybody looked. Others never count. */
  readonly good: boolean;
  /** A look at it passed. */
  readonly verified: boolean;
  /** It was restored and compared, with success. */
  readonly proven: boolean;
  readonly pinned: boolean;
  /** It is being written, read, restored, verified, removed, or an undo knows it. */
  readonly inUse: boolean;
  /** It came from elsewhere: its date says nothing about how long anybody wants it here. */
  readonly imported: boolean;
};

export type RetentionDecision =
  | { readonly id: string; readonly verdict: "keep"; readonly reason: KeepReasonCode; readonly neededBy: string | null }
  | { readonly id: string; readonly verdict: "trash"; readonly reason: RemoveReasonCode };

type Kept = { readonly reason: KeepReasonCode; readonly neededBy: string | null };

/**
 * What a policy says of a source's backups; null keeps everything. A backup stays while any of the policy's rules keeps it, under the source's clock
 * or under the catalogue's. Whatever the rules say, these stay: what is in use, pinned or imported, the last good, the last verified, the last
 * proven one, and all that one that stays needs. Ages count from the newest good backup (or from `now`, if that is earlier), so that time without
 * a good one removes nothing; without any, and when one was made later than `now`, nothing goes at all.
 */
export function decide(
  candidates: readonly RetentionCandidate[],
  needs: readonly NeedEdge[],
  rule: RetentionRule | null,
  { now }: { readonly now: Date },
): RetentionDecision[] {
  const counted = candidates.filter((candidate) => candidate.good && !candidate.imported);
  if (candidates.some(({ madeAt }) => madeAt.getTime() > now.getTime() + clockToleranceMs)) return keepAll(candidates, "clock");
  if (rule === null) return keepAll(candidates, "fits");
  if (counted.length === 0) return keepAll(candidates, "too-few");
  const kept = new Map<string, Kept>();
  const needsOf = Map.groupBy(needs, (edge) => edge.backupId);
  for (const { id, reason } of protectedOnes(candidates, counted)) keep(kept, needsOf, id, reason);
  const byRule = keptByRules(candidates, counted, rule, now.getTime());
  const overCap = new Set<string>();
  let bytes = sumBytes(candidates, (id) => kept.has(id));
  const bytesOf = new Map(candidates.map((each) => [each.id, each.storedBytes]));
  // Newest first, each with what it needs: what no longer fits, and all that is older, goes.
  for (const candidate of newestFirst(candidates, laterClock)) {
    const reason = byRule.get(candidate.id);
    if (reason === undefined || kept.get(candidate.id)?.neededBy === null) continue;
    const added = closure(kept, needsOf, candidate.id).reduce((sum, id) => sum + (bytesOf.get(id) ?? 0), 0);
    const fits = rule.capBytes === null || (overCap.size === 0 && bytes + added <= rule.capBytes);
    // One that another one needs stays anyhow, and costs nothing more.
    if (fits || kept.has(candidate.id)) {
      keep(kept, needsOf, candidate.id, reason);
      bytes += added;
    } else overCap.add(candidate.id);
  }
  return candidates.map(({ id, good }): RetentionDecision => {
    const stays = kept.get(id);
    if (stays !== undefined) return { id, verdict: "keep", ...stays };
    return { id, verdict: "trash", reason: overCap.has(id) ? "over-cap" : good ? removeReasonOf(rule) : "not-good" };
  });
}

/** Of those decisions, what goes, dependents first: at no moment does something stay that needs what is gone. */
export function removalsOf(decisions: readonly RetentionDecision[], needs: readonly NeedEdge[]): string[] {
  return removalOrder(
    decisions.flatMap((decision) => (decision.verdict === "trash" ? [decision.id] : [])),
    needs,
  );
}

function keepAll(candidates: readonly RetentionCandidate[], reason: KeepReasonCode): RetentionDecision[] {
  return candidates.map(({ id }) => ({ id, verdict: "keep", reason, neededBy: null }));
}

const ownClock: ClockView = ({ snapshotAt }) => snapshotAt.getTime();

/** The catalogue's clock where the two disagree by more than two computers may. */
const catalogueClock: ClockView = ({ snapshotAt, madeAt }) =>
  Math.abs(madeAt.getTime() - snapshotAt.getTime()) <= clockToleranceMs ? snapshotAt.getTime() : madeAt.getTime();

const laterClock: ClockView = (candidate) => Math.max(ownClock(candidate), catalogueClock(candidate));

/** What no rule can let go, the strongest reason of each first. */
function* protectedOnes(
  candidates: readonly RetentionCandidate[],
  counted: readonly RetentionCandidate[],
): Generator<{ id: string; reason: KeepReasonCode }> {
  for (const { id, inUse } of candidates) if (inUse) yield { id, reason: "in-use" };
  for (const { id, pinned } of candidates) if (pinned) yield { id, reason: "pinned" };
  for (const { id, imported } of candidates) if (imported) yield { id, reason: "imported" };
  for (const [reason, among] of [
    ["last-good", counted],
    ["last-verified", counted.filter(({ verified }) => verified)],
    ["last-proven", counted.filter(({ proven }) => proven)],
  ] as const) {
    for (const clock of [ownClock, catalogueClock]) {
      const newest = newestOf(among, clock);
      if (newest !== undefined) yield { id: newest.id, reason };
    }
  }
  // Nothing newer can be restored: what is not good may be all that there is of its time.
  const newestGood = Math.min(...[ownClock, catalogueClock].map((clock) => Math.max(...counted.map(clock))));
  for (const candidate of candidates)
    if (!candidate.good && laterClock(candidate) >= newestGood) yield { id: candidate.id, reason: "too-few" };
}

function keptByRules(
  candidates: readonly RetentionCandidate[],
  good: readonly RetentionCandidate[],
  rule: RetentionRule,
  now: number,
): Map<string, KeepReasonCode> {
  const kept = new Map<string, KeepReasonCode>();
  if (rule.keep.length === 0) return new Map(candidates.map(({ id }) => [id, "fits"]));
  const others = candidates.filter((candidate) => !candidate.good);
  for (const at of [ownClock, catalogueClock]) {
    const from = Math.min(now, Math.max(...good.map(at)));
    for (const each of rule.keep) {
      for (const { id, reason } of keptByRule(each, { good, others, at, from })) if (!kept.has(id)) kept.set(id, reason);
    }
  }
  return kept;
}

/** Keeps one with all that it needs. A reason of its own is told rather than that another one needs it. */
function keep(kept: Map<string, Kept>, needsOf: ReadonlyMap<string, readonly NeedEdge[]>, id: string, reason: KeepReasonCode): void {
  for (const needed of closure(kept, needsOf, id)) kept.set(needed, { reason: "needed", neededBy: id });
  const known = kept.get(id);
  if (known === undefined || known.reason === "needed") kept.set(id, { reason, neededBy: null });
}

/** One and all that it needs, directly or through others, as far as it is not kept yet. */
function closure(kept: ReadonlyMap<string, Kept>, needsOf: ReadonlyMap<string, readonly NeedEdge[]>, id: string): string[] {
  if (!needsOf.has(id)) return kept.has(id) ? [] : [id];
  const found = new Set<string>();
  const open = [id];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next) || kept.has(next)) continue;
    found.add(next);
    for (const { needsId } of needsOf.get(next) ?? []) open.push(needsId);
  }
  return [...found];
}

function sumBytes(candidates: readonly RetentionCandidate[], isKept: (id: string) => boolean): number {
  return candidates.reduce((sum, { id, storedBytes }) => (isKept(id) ? sum + storedBytes : sum), 0);
}

function removeReasonOf({ keep: rules }: RetentionRule): RemoveReasonCode {
  if (rules.some(({ type }) => type === "per-kind" || type === "keep-days")) return "too-old";
  return rules.some(({ type }) => type === "gfs") ? "no-slot" : "beyond-count";
}
