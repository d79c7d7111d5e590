import { describe, expect, it } from "vitest";
import { cronDraftOf, cronOf, withShape } from "./cron-shape.ts";

describe("the shape of a cron expression", () => {
  it.each([
    ["0 23 * * *", "day"],
    ["30 23 * * 0", "week"],
    ["0 0 1 * *", "month"],
    ["15 2 L * *", "month"],
    ["5 */6 * * *", "hours"],
    ["0 * * * *", "hours"],
    ["*/15 * * * *", "own"],
    ["0 9-17 * * 1-5", "own"],
    ["0 12 1,15 * *", "own"],
    ["0 3 * 2 *", "own"],
    ["0 */5 * * *", "own"],
    ["0 3 13 * 5", "own"],
  ])("of %s is %s, and says the same again", (cron, shape) => {
    const draft = cronDraftOf(cron);
    expect(draft.shape).toBe(shape);
    expect(cronOf(draft)).toBe(cron);
  });

  it("takes 7 for Sunday as well, and spaces as they come", () => {
    expect(cronDraftOf(" 30  23 * *  7 ")).toMatchObject({ shape: "week", weekday: "0", time: "23:30" });
  });

  it("makes nothing of fields that are not filled", () => {
    const draft = cronDraftOf("0 23 * * *");
    expect(cronOf({ ...draft, time: "" })).toBeNull();
    expect(cronOf({ ...draft, shape: "hours", minute: "60" })).toBeNull();
    expect(cronOf({ ...draft, shape: "own", own: "  " })).toBeNull();
  });

  it("takes what was chosen along to an expression of one's own", () => {
    expect(withShape(cronDraftOf("30 23 * * 0"), "own").own).toBe("30 23 * * 0");
    const changed = { ...cronDraftOf("30 23 * * 0"), time: "04:05" };
    expect(withShape(changed, "own").own).toBe("5 4 * * 0");
  });
});
