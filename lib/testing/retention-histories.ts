import { array, boolean, constantFrom, integer, nat, record } from "fast-check";
import type { NeedEdge } from "#lib/domain/removal-order";
import type { RetentionCandidate } from "#lib/domain/retention";

const dayMs = 86_400_000;
const begin = Date.UTC(2026, 0, 1, 23);

/** One backup of a random history, as `historyOf` reads it. */
const entry = record({
  kind: constantFrom("full" as const, "differential" as const, "incremental" as const),
  parent: nat(),
  share: nat(),
  /** Hours since the one before. */
  after: integer({ min: 0, max: 24 * 40 }),
  skewDays: constantFrom(0, 0, 0, -400, 30, 400),
  storedBytes: integer({ min: 0, max: 1_000 }),
  good: boolean(),
  verified: boolean(),
  proven: boolean(),
  pinned: constantFrom(false, false, false, true),
  inUse: constantFrom(false, false, false, true),
  imported: constantFrom(false, false, false, false, true),
});
type Entry = ReturnType<typeof entry.generate>["value"];

/** Random histories of a source: chains as writers make them, gaps, failures, and servers whose clock was wrong for a while. */
export const histories = array(entry, { minLength: 1, maxLength: 40 });

/** A member needs what its parent needs, or a part of it. `end`: when the last one was made. */
export function historyOf(entries: readonly Entry[]): { candidates: RetentionCandidate[]; needs: NeedEdge[]; end: Date } {
  const candidates: RetentionCandidate[] = [];
  const needsOf = new Map<string, string[]>();
  let at = begin;
  for (const [index, { parent, share, after, skewDays, ...flags }] of entries.entries()) {
    at += after * 3_600_000;
    const id = `b${String(index).padStart(3, "0")}`;
    const base = candidates[parent % Math.max(1, candidates.length)];
    const isFull = flags.kind === "full" || base === undefined;
    if (!isFull) {
      const offered = [base.id, ...(needsOf.get(base.id) ?? [])];
      needsOf.set(id, offered.slice(0, 1 + (share % offered.length)));
    }
    const times = { snapshotAt: new Date(at + skewDays * dayMs), madeAt: new Date(at) };
    candidates.push({ id, ...flags, kind: isFull ? "full" : flags.kind, ...times });
  }
  const needs = [...needsOf].flatMap(([backupId, ids]) => ids.map((needsId) => ({ backupId, needsId })));
  return { candidates, needs, end: new Date(at) };
}
