import { describe, expect, it } from "vitest";
import { chooseRestorePoint, type RestoreCandidate } from "./choose-restore-point.ts";

const at = (day: number) => new Date(Date.UTC(2026, 0, day));
const candidate = (id: string, day: number, change: Partial<RestoreCandidate> = {}): RestoreCandidate => ({
  id,
  snapshotAt: at(day),
  isRestorable: true,
  isProven: false,
  isVerified: false,
  packs: 1,
  ...change,
});

describe("the backup for a date", () => {
  const days = [candidate("second", 2), candidate("first", 1), candidate("third", 3)];

  it.each([
    [1, "first"],
    [2.5, "second"],
    [3, "third"],
    [30, "third"],
  ])("day %s is the newest at or before it: %s", (day, id) => {
    expect(chooseRestorePoint(days, new Date(Date.UTC(2026, 0, 1) + (day - 1) * 86_400_000))?.id).toBe(id);
  });

  it("is none before the first one", () => {
    expect(chooseRestorePoint(days, new Date(at(1).getTime() - 1))).toBeNull();
    expect(chooseRestorePoint([], at(1))).toBeNull();
  });

  it("is an older one where the newest cannot be restored", () => {
    expect(chooseRestorePoint([...days, candidate("broken", 4, { isRestorable: false })], at(5))?.id).toBe("third");
  });
});

describe("of several of one time there", () => {
  it.each<[string, Partial<RestoreCandidate>, Partial<RestoreCandidate>]>([
    ["proven before verified", { isProven: true, packs: 9 }, { isVerified: true }],
    ["verified before fewer packs", { isVerified: true, packs: 9 }, {}],
    ["fewer packs before more", { packs: 1 }, { packs: 3 }],
  ])("wins %s", (_, better, worse) => {
    const one = candidate("z-better", 1, better);
    const other = candidate("a-worse", 1, worse);
    expect(chooseRestorePoint([one, other], at(1))?.id).toBe("z-better");
    expect(chooseRestorePoint([other, one], at(1))?.id).toBe("z-better");
  });

  it("wins always the same one where nothing tells them apart", () => {
    const pair = [candidate("b", 1), candidate("a", 1)];
    expect(chooseRestorePoint(pair, at(1))?.id).toBe("a");
    expect(chooseRestorePoint(pair.toReversed(), at(1))?.id).toBe("a");
  });

  it("a newer one comes before all that is known of an older one", () => {
    expect(chooseRestorePoint([candidate("old", 1, { isProven: true }), candidate("new", 2, { packs: 7 })], at(3))?.id).toBe("new");
  });
});
