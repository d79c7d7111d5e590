import type { RestorePointDto, RestorePointsDto } from "#lib/contracts/restore-points";
import { chooseRestorePoint } from "#lib/domain/choose-restore-point";

export const ranges = ["7", "30", "90", "all"] as const;
export type TimeRange = (typeof ranges)[number];

type Missed = RestorePointsDto["missed"][number];
type Gap = RestorePointsDto["gaps"][number];

/** What a point is drawn as: where it stands alone, what it builds on, and whether it came from the source itself. */
export const markShapes = ["full", "synthetic", "imported", "differential", "incremental"] as const;
export type MarkShape = (typeof markShapes)[number];

export const lanes = ["full", "differential", "incremental", "missed"] as const;
export type Lane = (typeof lanes)[number];

/** Something that can be selected: a restore point, or a backup that was to be and is not. */
export type TimeLineItem =
  | { readonly type: "point"; readonly id: string; readonly at: string; readonly lane: Lane; readonly point: RestorePointDto }
  | { readonly type: "missed"; readonly id: string; readonly at: string; readonly lane: Lane; readonly missed: Missed };

export type Span = { readonly from: number; readonly to: number };

const dayMs = 86_400_000;
const shortestSpanMs = 120_000;

export function shapeOf({ kind, origin }: Pick<RestorePointDto, "kind" | "origin">): MarkShape {
  if (kind !== "full") return kind;
  if (origin === "synthetic") return "synthetic";
  return origin === "made" ? "full" : "imported";
}

/** Points and missed runs in one order, oldest first. */
export function itemsOf({ points, missed }: Pick<RestorePointsDto, "points" | "missed">): TimeLineItem[] {
  return [
    ...points.map((point): TimeLineItem => ({ type: "point", id: point.backupId, at: point.to, lane: point.kind, point })),
    ...missed.map((each): TimeLineItem => ({ type: "missed", id: each.runId, at: each.at, lane: "missed", missed: each })),
  ].sort((a, b) => a.at.localeCompare(b.at));
}

/** The range that shows a source best before anybody chose one: all of a young history, else the last thirty days. */
export function defaultRange(items: readonly TimeLineItem[], now: string): TimeRange {
  const [oldest] = items;
  return oldest === undefined || Date.parse(now) - Date.parse(oldest.at) > 7 * dayMs ? "30" : "all";
}

/** The stretch of time that a range shows, in epoch milliseconds; of all with a little room on both sides. */
export function spanOf(range: TimeRange, items: readonly TimeLineItem[], now: string): Span {
  const end = Date.parse(now);
  if (range !== "all") return { from: end - Number(range) * dayMs, to: end };
  const oldest = items[0] === undefined ? end : Date.parse(items[0].at);
  const length = Math.max(shortestSpanMs, end - oldest);
  return { from: end - length * 1.04, to: end + length * 0.02 };
}

/** Where an instant lies in the span: 0 at its beginning, 1 at its end, outside of both beyond. */
export function shareOf(at: string | number, { from, to }: Span): number {
  return ((typeof at === "string" ? Date.parse(at) : at) - from) / (to - from);
}

export function within<T extends { readonly at: string }>(items: readonly T[], span: Span): T[] {
  return items.filter(({ at }) => Date.parse(at) >= span.from && Date.parse(at) <= span.to);
}

/** The part of a gap that the span shows; null where none of it does. */
export function visibleGap({ from, to }: Gap, span: Span): { readonly start: number; readonly end: number } | null {
  const start = Math.max(0, shareOf(from, span));
  const end = Math.min(1, to === null ? 1 : shareOf(to, span));
  return end <= 0 || start >= 1 || end <= start ? null : { start, end };
}

export type Picked = {
  /** Null where there is none. */
  readonly point: RestorePointDto | null;
  /** Newer ones before the date that cannot be restored. */
  readonly skipped: number;
};

/** The point that a restore to `at` gives back, chosen by the rule that the service follows. */
export function pointAt(points: readonly RestorePointDto[], at: string): Picked {
  const candidates = points.map((point) => ({
    id: point.backupId,
    snapshotAt: new Date(point.to),
    isRestorable: point.blocker === null && point.meter.stored.state === "yes",
    isProven: point.meter.proven.state === "yes",
    isVerified: point.meter.verified.state === "yes",
    packs: point.packs,
    point,
  }));
  const point = chooseRestorePoint(candidates, new Date(at))?.point ?? null;
  const skipped = candidates.filter((each) => !each.isRestorable && each.point.to <= at && (point === null || each.point.to > point.to));
  return { point, skipped: skipped.length };
}

export type Move = "previous" | "next" | "first" | "last";

/** Which item a key leads to. From nothing, the newest comes first. */
export function moved(items: readonly TimeLineItem[], selected: string | null, move: Move): TimeLineItem | null {
  const last = items.length - 1;
  const at = items.findIndex(({ id }) => id === selected);
  const target = { first: 0, last, previous: at === -1 ? last : Math.max(0, at - 1), next: at === -1 ? last : Math.min(last, at + 1) };
  return items[target[move]] ?? null;
}

/** Lines between neighbours of a chain, so that one sees what belongs together. */
export function chainLinks(items: readonly TimeLineItem[]): { readonly from: TimeLineItem; readonly to: TimeLineItem }[] {
  const points = items.filter((item) => item.type === "point");
  return [...Map.groupBy(points, ({ point }) => point.chainId).values()].flatMap((members) =>
    members.slice(1).flatMap((to, index) => {
      const from = members[index];
      return from === undefined ? [] : [{ from, to }];
    }),
  );
}

/** Half the size of a mark in pixels: many marks are drawn smaller, so that they can be told apart. */
export function markRadius(count: number): number {
  if (count > 240) return 3;
  return count > 80 ? 4.5 : 6.5;
}
