import { describe, expect, it } from "vitest";
import type { ReplacementDto, RestoreDetailDto } from "#lib/contracts/restores";
import type { RunState, RunType } from "#lib/domain/run-state";
import { keptBeside, replacementState } from "./replacement-state.ts";

type Shown = Pick<RestoreDetailDto, "run" | "replacement" | "comparison">;

function shown(state: RunState, change: Partial<ReplacementDto> = {}, afterRunId: string | null = "run_1"): Shown {
  const replacement = {
    strategy: "swap",
    answers: "old",
    followUp: null,
    keptName: "shop_before_1",
    restoredName: null,
    cleanedAt: null,
    ...change,
  } as ReplacementDto;
  return { run: { state, afterRunId } as RestoreDetailDto["run"], replacement, comparison: null };
}

function followUp(type: RunType, state: RunState) {
  return { type, state } as NonNullable<ReplacementDto["followUp"]>;
}

describe("which database answers", () => {
  it("says nothing of a restore into a new database", () => {
    expect(replacementState({ ...shown("running"), replacement: null })).toBeNull();
  });

  it("waits for the safety backup before it works", () => {
    expect(replacementState(shown("queued"))).toBe("waiting");
    expect(replacementState(shown("running"))).toBe("working");
  });

  it.each([
    ["succeeded", { answers: "new" }, "new"],
    ["failed", { answers: "new" }, "new-interrupted"],
    ["failed", { answers: "old" }, "old-failed"],
    ["cancelled", { answers: "old" }, "old-cancelled"],
    ["failed", { answers: "unsettled" }, "unsettled"],
    ["succeeded", { answers: "undone" }, "undone"],
    ["succeeded", { answers: "new", strategy: "in-place" }, "in-place-new"],
    ["failed", { answers: "new", strategy: "in-place" }, "in-place-interrupted"],
    ["cancelled", { answers: "new", strategy: "in-place" }, "in-place-interrupted"],
    ["running", { answers: "unsettled", strategy: "in-place" }, "in-place-working"],
  ] as const)("tells a run that %s with %j as %s", (state, change, expected) => {
    expect(replacementState(shown(state, change))).toBe(expected);
  });

  it("says that a replacement in place differs only where that was found", () => {
    const comparison = { tables: [], equal: 1, different: 1, rowsExpected: 2, rowsActual: 1 };
    expect(replacementState({ ...shown("failed", { answers: "new", strategy: "in-place" }), comparison })).toBe("in-place-differs");
  });

  it("shows an undo while it runs, and not a clean-up", () => {
    expect(replacementState(shown("succeeded", { answers: "new", followUp: followUp("undo-replace", "running") }))).toBe("undoing");
    expect(replacementState(shown("succeeded", { answers: "new", followUp: followUp("clean-up-replace", "running") }))).toBe("new");
  });
});

describe("what is kept beside it", () => {
  it("is the old database, after an undo the restored one, and nothing once it was removed or before there is one", () => {
    expect(keptBeside(shown("succeeded", { answers: "new" }))).toBe("shop_before_1");
    expect(keptBeside(shown("succeeded", { answers: "undone", restoredName: "shop_restored_1" }))).toBe("shop_restored_1");
    expect(keptBeside(shown("succeeded", { answers: "new", cleanedAt: "2026-01-01T00:00:00.000Z" }))).toBeNull();
    expect(keptBeside(shown("running"))).toBeNull();
  });
});
