import { describe, expect, it } from "vitest";
import { amountOf, secondsOf } from "./amount.ts";
import { changesOf, draftFaults, draftOf } from "./plan-draft.ts";

const plan: Parameters<typeof draftOf>[0] = {
  enabled: true,
  selection: { type: "latest" },
  target: { type: "automatic" },
  recoveryTimeSeconds: 1800,
  recoveryPointSeconds: 86_400,
  cadence: { unit: "months", every: 1 },
  graceDays: 7,
  ownerId: null,
  checks: [{ type: "content", key: "content", name: "", mandatory: true }],
  playbook: "# Before",
  unattended: false,
  nextDueAt: "2026-12-22T09:15:30.123Z",
};
const zone = "Europe/Madrid";
const draft = draftOf(plan, zone);

describe("a duration as people type it", () => {
  it("comes in the largest unit that fits", () => {
    expect([1800, 7200, 86_400, 90, null].map(amountOf)).toEqual([
      { text: "30", unit: "minutes" },
      { text: "2", unit: "hours" },
      { text: "1", unit: "days" },
      { text: "1.5", unit: "minutes" },
      { text: "", unit: "minutes" },
    ]);
  });

  it("is read back, with a point or a comma, and refused where it is none", () => {
    expect(secondsOf({ text: "1,5", unit: "hours" })).toBe(5400);
    expect(secondsOf({ text: " ", unit: "days" })).toBeNull();
    for (const text of ["0", "-1", "x", "400", "1e3"]) expect([text, secondsOf({ text, unit: "days" })]).toEqual([text, undefined]);
  });
});

describe("the form of a plan", () => {
  it("saves nothing of what was not touched, not even the milliseconds of a time", () => {
    expect(changesOf(draft, plan, zone)).toEqual({});
  });

  it("saves what was changed, and that alone", () => {
    const changed = {
      ...draft,
      selection: "random",
      days: "90",
      recoveryTime: { text: "", unit: "minutes" },
      every: "2",
      target: "sandbox",
    } as const;
    expect(changesOf(changed, plan, zone)).toEqual({
      selection: { type: "random", days: 90 },
      recoveryTimeSeconds: null,
      cadence: { unit: "months", every: 2 },
      target: { type: "sandbox" },
    });
    expect(changesOf({ ...draft, nextDue: "2027-01-05T08:00" }, plan, zone)).toEqual({ nextDueAt: "2027-01-05T07:00:00.000Z" });
    expect(changesOf({ ...draft, selection: "date", at: "2026-11-01T12:00" }, plan, zone)).toEqual({
      selection: { type: "date", at: "2026-11-01T11:00:00.000Z" },
    });
  });

  it("names what cannot be saved", () => {
    const wrong = { ...draft, every: "0", graceDays: "x", nextDue: "", recoveryTime: { text: "soon", unit: "minutes" } } as const;
    expect([...draftFaults(wrong, zone)].sort()).toEqual(["every", "graceDays", "nextDue", "recoveryTime"]);
    expect(changesOf(wrong, plan, zone)).toBeNull();
    expect(draftFaults({ ...draft, days: "x", at: "" }, zone).size).toBe(0);
  });
});
