import { describe, expect, it } from "vitest";
import { chooseToolSet, compareVersions, majorOf, newestToolSet } from "./tool-choice.ts";

const all = ["pg_dump", "pg_restore", "psql"];
const set = (version: string, tools: string[] = all) => ({
  major: Number.parseInt(version, 10),
  version,
  path: `/usr/lib/${version}`,
  tools,
});

describe("chooseToolSet", () => {
  it("takes the server's own major, in its newest minor", () => {
    expect(chooseToolSet(15, [set("17.2"), set("15.9"), set("15.20")])?.version).toBe("15.20");
  });

  it("else the nearest newer major", () => {
    expect(chooseToolSet(14, [set("18.1"), set("16.3"), set("13.9")])?.version).toBe("16.3");
  });

  it("never an older one, and never an incomplete one", () => {
    expect(chooseToolSet(17, [set("16.4"), set("15.20")])).toBeNull();
    expect(chooseToolSet(15, [set("15.20", ["psql"]), set("16.1", ["pg_dump"])])).toBeNull();
  });
});

describe("newestToolSet", () => {
  it("says what was found where none fits", () => {
    expect(newestToolSet([set("15.20"), set("16.4"), set("18.1", ["psql"])])?.version).toBe("16.4");
    expect(newestToolSet([])).toBeNull();
  });
});

describe("versions", () => {
  it("have a major", () => {
    expect([majorOf("15.20"), majorOf("17rc1"), majorOf("9.6.24"), majorOf(null), majorOf("")]).toEqual([15, 17, 9, null, null]);
  });

  it("compare by number", () => {
    expect(compareVersions("15.20", "15.9")).toBeGreaterThan(0);
    expect(compareVersions("16", "15.20")).toBeGreaterThan(0);
    expect(compareVersions("17.0", "17")).toBe(0);
  });
});
