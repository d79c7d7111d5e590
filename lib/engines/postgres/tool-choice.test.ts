import { describe, expect, it } from "vitest";
import { pickToolSet, safetyOf, type ToolSet } from "./tool-choice.ts";

const set = (version: string, tools = ["pg_dump", "pg_restore"]): ToolSet => ({
  major: Number.parseInt(version, 10),
  version,
  path: `/pg/${version}`,
  tools,
  missing: [],
  hasServer: false,
  ...safetyOf(version),
  cure: null,
});

describe("pickToolSet", () => {
  it("takes the server's own major version, then the nearest newer one, and the newest minor", () => {
    const sets = [set("18.1"), set("15.3"), set("15.20"), set("17.2")];
    expect(pickToolSet(sets, 15, ["pg_dump"]).version).toBe("15.20");
    expect(pickToolSet(sets, 16, ["pg_dump"]).version).toBe("17.2");
  });

  it("refuses older tools, naming versions and the cure", () => {
    expect(() => pickToolSet([set("15.20"), set("14.1")], 17, ["pg_dump"], "apt")).toThrow(
      expect.objectContaining({
        code: "tool-too-old",
        params: { tool: "pg_dump", found: "15.20", needed: "17", install: "sudo apt-get install postgresql-client-17" },
      }),
    );
  });

  it("says which tool is missing when no set has it", () => {
    expect(() => pickToolSet([set("17.2", ["psql"])], 17, ["pg_dump"])).toThrow(
      expect.objectContaining({ code: "tool-missing", params: { tool: "pg_dump", major: "17", install: "none" } }),
    );
  });

  it.each([
    ["18.7", false],
    ["18.6", true],
    ["17.12", false],
    ["16.15", true],
    ["15.20", false],
    ["14.24", true],
    ["13.22", true],
    ["19.0", false],
    ["18beta1", true],
  ])("judges %s", (version, below) => expect(safetyOf(version).belowSafeMinimum).toBe(below));
});
