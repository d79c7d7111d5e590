import type { DrillComparisonDto } from "#lib/contracts/drill-history";

type Pair = DrillComparisonDto["checks"][number];

/** How the same check of two drills differs. `actual`: both have one verdict, but found something else. */
export type CheckDifference = "none" | "verdict" | "actual" | "only-left" | "only-right";

/** Checks whose finding differs each time: a time that was measured is no difference to point at. */
const measured: ReadonlySet<string> = new Set(["recovery-time", "recovery-point", "newest-row"]);

export function differenceOf({ type, left, right }: Pick<Pair, "type" | "left" | "right">): CheckDifference {
  if (left === null) return "only-right";
  if (right === null) return "only-left";
  if (left.state !== right.state) return "verdict";
  return left.actual === right.actual || measured.has(type) ? "none" : "actual";
}

type Dated = { readonly id: string; readonly sourceId: string; readonly startedAt: string };

/** The closed drill of the same source before `id`, else the one after it; null where there is no other. */
export function neighbourOf(drills: readonly Dated[], id: string): string | null {
  const own = drills.find((drill) => drill.id === id);
  if (own === undefined) return null;
  const others = drills
    .filter((drill) => drill.sourceId === own.sourceId && drill.id !== id)
    .toSorted((a, b) => b.startedAt.localeCompare(a.startedAt));
  return (others.find(({ startedAt }) => startedAt <= own.startedAt) ?? others.at(-1))?.id ?? null;
}
