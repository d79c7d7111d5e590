import { describe, expect, it } from "vitest";
import { scheduleInput } from "#lib/contracts/schedules";
import { newSchedule, scheduleDraftOf, scheduleFaults, scheduleOf } from "./schedule-draft.ts";

const schedule = { ...newSchedule("Europe/Berlin"), windowMinutes: 90, workerGroup: "north", jitterSeconds: 60 };

describe("the draft of a schedule", () => {
  it("says the same again when nothing was changed, and the API takes it", () => {
    expect(scheduleOf(scheduleDraftOf(schedule))).toEqual(schedule);
    const input = { sourceId: `src_${"0".repeat(32)}`, ...scheduleOf(scheduleDraftOf(newSchedule("UTC"))) };
    expect(scheduleInput.safeParse(input).success).toBe(true);
  });

  it("takes empty fields as none", () => {
    const draft = { ...scheduleDraftOf(schedule), windowMinutes: " ", workerGroup: "" };
    expect(scheduleOf(draft)).toMatchObject({ windowMinutes: null, workerGroup: null });
  });

  it.each([
    [{ timeZone: "Europe/Nowhere" }, "timeZone"],
    [{ windowMinutes: "0" }, "window"],
    [{ jitterSeconds: "" }, "jitter"],
    [{ retries: "11" }, "retries"],
    [{ retryMinutes: "1.5" }, "retryMinutes"],
    [{ workerGroup: "North" }, "group"],
  ] as const)("finds %o at fault", (change, fault) => {
    const draft = { ...scheduleDraftOf(schedule), ...change };
    expect([...scheduleFaults(draft)]).toEqual([fault]);
    expect(scheduleOf(draft)).toBeNull();
  });
});
