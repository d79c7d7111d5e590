import { describe, expect, it } from "vitest";
import { drillPhases, type DrillPhase, type DrillState } from "#lib/domain/drill-state";
import { canLookAt, currentStep, shownStep } from "./drill-step.ts";

const drill = (state: DrillState, phase: DrillPhase = "prepare") => ({ state, phase });
const reachable = (state: DrillState, phase?: DrillPhase) => drillPhases.filter((step) => canLookAt(drill(state, phase), step));

describe("the steps of a drill", () => {
  it("can be looked at as far as the drill went, and closing once the restore has ended either way", () => {
    expect(reachable("preparing")).toEqual(["prepare"]);
    expect(reachable("restoring")).toEqual(["prepare", "restore"]);
    expect(reachable("restore-failed")).toEqual(["prepare", "restore", "close"]);
    expect(reachable("validating")).toEqual(["prepare", "restore", "validate", "close"]);
    expect(reachable("closed")).toEqual(["prepare", "restore", "validate", "close"]);
  });

  it("of an aborted one end where it was aborted", () => {
    expect(currentStep(drill("aborted", "restore"))).toBe("restore");
    expect(reachable("aborting", "validate")).toEqual(["prepare", "restore", "validate"]);
  });

  it("follow the drill unless the address asks for one that can be shown", () => {
    expect(shownStep(drill("validating"), null)).toBe("validate");
    expect(shownStep(drill("validating"), "prepare")).toBe("prepare");
    expect(shownStep(drill("restoring"), "close")).toBe("restore");
    expect(shownStep(drill("validating"), "nonsense")).toBe("validate");
  });
});
