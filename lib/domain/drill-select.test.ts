import { expect, it } from "vitest";
import { type DrillCandidate, selectBackup, type Selection } from "./drill-select.ts";

const now = new Date("2026-05-20T00:00:00Z");
const backup = (id: string, day: string, change: Partial<DrillCandidate> = {}): DrillCandidate => ({
  id,
  chainId: "old",
  kind: "full",
  snapshotAt: new Date(`2026-05-${day}T00:00:00Z`),
  isProven: true,
  ...change,
});
const all = [
  backup("full", "01"),
  backup("member", "02", { kind: "incremental", isProven: false }),
  backup("last-member", "03", { kind: "differential" }),
  backup("alone", "19", { chainId: "new" }),
];
const chosen = (selection: Selection, random = 0) => selectBackup(all, selection, { now, random })?.id ?? null;

it("takes the newest, the newest of a chain that has an incremental, and the newest that no drill has proven", () => {
  expect(chosen({ type: "latest" })).toBe("alone");
  expect(chosen({ type: "latest-with-incrementals" })).toBe("last-member");
  expect(chosen({ type: "never-proven" })).toBe("member");
});

it("takes the newest at or before a date", () => {
  expect(chosen({ type: "date", at: "2026-05-02T00:00:00Z" })).toBe("member");
  expect(chosen({ type: "date", at: "2026-04-30T00:00:00Z" })).toBe(null);
});

it("draws among those of the last days, each of them", () => {
  expect([0, 0.3, 0.5, 0.99].map((random) => chosen({ type: "random", days: 30 }, random))).toEqual([
    "alone",
    "last-member",
    "member",
    "full",
  ]);
  expect(chosen({ type: "random", days: 5 }, 0.99)).toBe("alone");
});

it("finds nothing where there is nothing", () => {
  expect(selectBackup([], { type: "random", days: 3 }, { now, random: 0.5 })).toBe(null);
});
