import { describe, expect, it } from "vitest";
import type { RestorePointDto } from "#lib/contracts/restore-points";
import {
  chainLinks,
  defaultRange,
  itemsOf,
  markRadius,
  moved,
  pointAt,
  shapeOf,
  shareOf,
  spanOf,
  visibleGap,
  within,
} from "./time-line-model.ts";

function point(backupId: string, to: string, more: Partial<RestorePointDto> = {}): RestorePointDto {
  const yes = { state: "yes", at: to } as const;
  const meter = { stored: yes, verified: yes, proven: yes };
  return { backupId, from: to, to, kind: "full", origin: "made", chainId: "a", packs: 1, blocker: null, meter, ...more } as RestorePointDto;
}

const now = "2026-11-22T12:00:00.000Z";
const points = [
  point("f", "2026-11-01T00:00:00.000Z"),
  point("d", "2026-11-10T00:00:00.000Z", { kind: "differential" }),
  point("i", "2026-11-20T00:00:00.000Z", { kind: "incremental" }),
  point("g", "2026-11-21T00:00:00.000Z", { chainId: "b", origin: "synthetic" }),
];
const missed = [{ runId: "r", at: "2026-11-15T00:00:00.000Z", state: "failed" as const, error: null }];
const items = itemsOf({ points, missed });

describe("the time line", () => {
  it("holds points and missed runs in the order of time", () => {
    expect(items.map(({ id }) => id)).toEqual(["f", "d", "r", "i", "g"]);
    expect(items.map(({ lane }) => lane)).toEqual(["full", "differential", "missed", "incremental", "full"]);
  });

  it("moves from item to item, stays at the ends, and begins at the newest", () => {
    expect(moved(items, "d", "next")?.id).toBe("r");
    expect(moved(items, "f", "previous")?.id).toBe("f");
    expect(moved(items, "g", "next")?.id).toBe("g");
    expect(moved(items, "d", "first")?.id).toBe("f");
    expect(moved(items, null, "previous")?.id).toBe("g");
    expect(moved([], null, "last")).toBeNull();
  });

  it("picks the newest point at or before a time", () => {
    expect(pointAt(points, "2026-11-10T00:00:00.000Z").point?.backupId).toBe("d");
    expect(pointAt(points, "2026-11-19T23:59:59.999Z").point?.backupId).toBe("d");
    expect(pointAt(points, "2026-10-31T00:00:00.000Z")).toEqual({ point: null, skipped: 0 });
  });

  it("passes over what cannot be restored, and says how many", () => {
    const blocker = { code: "chain-broken", params: { key: "k" }, message: "", hint: "" } as const;
    const broken = point("x", "2026-11-12T00:00:00.000Z", { blocker });
    const found = pointAt([...points, broken], "2026-11-13T00:00:00.000Z");
    expect([found.point?.backupId, found.skipped]).toEqual(["d", 1]);
    expect(pointAt([broken], "2026-11-13T00:00:00.000Z")).toEqual({ point: null, skipped: 1 });
  });

  it("shows the chosen days, or everything with room at the ends", () => {
    expect(within(items, spanOf("7", items, now)).map(({ id }) => id)).toEqual(["i", "g"]);
    const all = spanOf("all", items, now);
    expect(shareOf("2026-11-01T00:00:00.000Z", all)).toBeGreaterThan(0);
    expect(shareOf(now, all)).toBeLessThan(1);
  });

  it("opens with all of a young history and with thirty days of an old one", () => {
    expect(defaultRange(items.slice(3), now)).toBe("all");
    expect(defaultRange(items, now)).toBe("30");
  });

  it("cuts gaps to what is shown, and lets an open one last to the end", () => {
    const span = spanOf("7", items, now);
    expect(visibleGap({ from: "2026-11-01T00:00:00.000Z", to: "2026-11-05T00:00:00.000Z", seconds: 1 }, span)).toBeNull();
    expect(visibleGap({ from: "2026-11-01T00:00:00.000Z", to: null, seconds: 1 }, span)).toEqual({ start: 0, end: 1 });
  });

  it("links neighbours of one chain only", () => {
    expect(chainLinks(items).map(({ from, to }) => `${from.id}${to.id}`)).toEqual(["fd", "di"]);
  });

  it("tells what was made, synthesized and brought in apart", () => {
    expect(points.map(shapeOf)).toEqual(["full", "differential", "incremental", "synthetic"]);
    expect(shapeOf({ kind: "full", origin: "imported" })).toBe("imported");
  });

  it("draws many marks smaller than few", () => {
    expect(markRadius(10)).toBeGreaterThan(markRadius(100));
    expect(markRadius(100)).toBeGreaterThan(markRadius(1000));
  });
});
