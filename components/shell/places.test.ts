import { describe, expect, it } from "vitest";
import { placeOf, places } from "./places.tsx";

describe("the place of an address", () => {
  it.each([
    ["/", "overview"],
    ["/start", "overview"],
    ["/sources", "sources"],
    ["/backups/bkp_1", "sources"],
    ["/chains/chn_1", "sources"],
    ["/restores/new", "sources"],
    ["/imports/new", "sources"],
    ["/drills", "drills"],
    ["/drills/drl_1/report", "drills"],
    ["/reports/verify", "drills"],
    ["/trash", "sources"],
    ["/calendar", "calendar"],
    ["/policies", "policies"],
    ["/incidents/inc_1", "activity"],
    ["/runs/run_1", "activity"],
    ["/activity/audit", "activity"],
    ["/settings/servers/new", "settings"],
    ["/sourcesque", null],
  ])("%s is %s", (path, expected) => {
    expect(placeOf(path)).toBe(expected);
  });

  it("leaves five for the bar of a small screen", () => {
    expect(places.filter(({ wide }) => wide !== true)).toHaveLength(5);
  });
});
