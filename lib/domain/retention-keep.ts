import type { RetentionCandidate } from "./retention.ts";
import type { GfsRule, KeepReasonCode, SimpleRule } from "./retention-rule.ts";

const dayMs = 86_400_000;

/** One clock's view of the candidates: of two clocks one may be wrong, so a rule is asked under each. */
export type ClockView = (candidate: RetentionCandidate) => number;

export type RuleKept = { readonly id: string; readonly reason: KeepReasonCode };

/**
 * What one rule keeps under one clock. `good`: those that count; `others`: those that are not good, which stay as long as they would if they were,
 * and fill nobody's place. Ages count from `from`, epoch milliseconds.
 */
export function keptByRule(
  rule: SimpleRule,
  { good, others, at, from }: { good: readonly RetentionCandidate[]; others: readonly RetentionCandidate[]; at: ClockView; from: number },
): RuleKept[] {
  switch (rule.type) {
    case "per-kind": {
      const since = {
        full: monthsBefore(from, rule.fullMonths),
        differential: from - rule.differentialWeeks * 7 * dayMs,
        incremental: from - rule.incrementalDays * dayMs,
      };
      return within([...good, ...others], (candidate) => at(candidate) > since[candidate.kind]);
    }
    case "keep-days":
      return within([...good, ...others], (candidate) => at(candidate) > from - rule.days * dayMs);
    case "keep-last":
      return keepNewest(rule.keep, good, others, at);
    case "gfs":
      return keepSlots(rule, good, others, at);
    default:
      return rule satisfies never;
  }
}

function within(candidates: readonly RetentionCandidate[], isWithin: (candidate: RetentionCandidate) => boolean): RuleKept[] {
  return candidates.filter(isWithin).map(({ id }) => ({ id, reason: "within-time" }));
}

/** The first of `newestFirst`, without an order for the rest. */
export function newestOf(candidates: readonly RetentionCandidate[], at: ClockView): RetentionCandidate | undefined {
  let newest: RetentionCandidate | undefined;
  for (const each of candidates) {
    const later = newest === undefined ? 1 : at(each) - at(newest);
    if (newest === undefined || later > 0 || (later === 0 && each.id > newest.id)) newest = each;
  }
  return newest;
}

/** Newest first; ids decide between equal times, so that the answer never depends on the order of rows. */
export function newestFirst(candidates: readonly RetentionCandidate[], at: ClockView): RetentionCandidate[] {
  return candidates.toSorted((left, right) => at(right) - at(left) || (left.id < right.id ? 1 : -1));
}

function keepNewest(keep: number, good: readonly RetentionCandidate[], others: readonly RetentionCandidate[], at: ClockView): RuleKept[] {
  const newest = newestFirst(good, at).slice(0, keep);
  const last = newest[keep - 1];
  // What is not good and lies among them is for somebody to look at.
  const among = others.filter((candidate) => last === undefined || at(candidate) >= at(last));
  return [...newest, ...among].map(({ id }) => ({ id, reason: "newest" }));
}

/** Days, weeks and months that have a good backup are counted, so that a gap costs none of them. */
function keepSlots(rule: GfsRule, good: readonly RetentionCandidate[], others: readonly RetentionCandidate[], at: ClockView): RuleKept[] {
  const ordered = newestFirst(good, at);
  const kept: RuleKept[] = [];
  let finest: RetentionCandidate[] = [];
  for (const [reason, count, slotOf] of [
    ["daily", rule.daily, dayOf],
    ["weekly", rule.weekly, weekOf],
    ["monthly", rule.monthly, monthOf],
  ] as const) {
    const newestOf = new Map<number, RetentionCandidate>();
    for (const candidate of ordered) {
      if (newestOf.size === count) break;
      const slot = slotOf(at(candidate));
      if (!newestOf.has(slot)) newestOf.set(slot, candidate);
    }
    kept.push(...[...newestOf.values()].map(({ id }) => ({ id, reason })));
    if (finest.length === 0) finest = [...newestOf.values()];
  }
  const oldest = finest.at(-1);
  const among = oldest === undefined ? [] : others.filter((candidate) => at(candidate) >= at(oldest));
  return [...kept, ...among.map(({ id }): RuleKept => ({ id, reason: "daily" }))];
}

/** Days since 1970 in UTC. */
const dayOf = (at: number) => Math.floor(at / dayMs);
/** Weeks from Monday to Sunday; 1 January 1970 was a Thursday. */
const weekOf = (at: number) => Math.floor((dayOf(at) + 3) / 7);
const monthOf = (at: number) => {
  const date = new Date(at);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
};

/** The same day and time so many months before, in UTC; the last of the month where it is shorter. */
export function monthsBefore(at: number, months: number): number {
  const date = new Date(at);
  const first = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - months, 1));
  const days = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return first.getTime() + (Math.min(date.getUTCDate(), days) - 1) * dayMs + (at - dayOf(at) * dayMs);
}
