import { describe, expect, it } from "vitest";
import { findAnomalies } from "./anomaly.ts";

const usual = { streamBytes: 100_000_000, rowCount: 100_000, tableCount: 12 };

describe("findAnomalies", () => {
  it("says nothing of a first backup", () => {
    expect(findAnomalies({ streamBytes: 0, rowCount: 0, tableCount: 0 }, [])).toEqual([]);
  });

  it("says nothing of a backup that shrank a little", () => {
    expect(findAnomalies({ ...usual, streamBytes: 80_000_000 }, [usual, usual])).toEqual([]);
  });

  it("names what is usual when a backup is far smaller", () => {
    expect(findAnomalies({ ...usual, streamBytes: 4_000_000 }, [usual, usual, usual])).toEqual([
      { code: "far-smaller", params: { bytes: 4_000_000, usualBytes: 100_000_000 } },
    ]);
  });

  it("compares with the middle of the history, so that one odd backup does not count", () => {
    expect(findAnomalies({ ...usual, streamBytes: 40_000_000 }, [usual, usual, { ...usual, streamBytes: 1 }])).toHaveLength(1);
    expect(findAnomalies(usual, [usual, usual, { ...usual, streamBytes: 10_000_000_000 }])).toEqual([]);
  });

  it("notices lost rows and tables though the size is usual", () => {
    const codes = findAnomalies({ ...usual, rowCount: 10, tableCount: 11 }, [usual]).map((item) => item.code);
    expect(codes).toEqual(["far-fewer-rows", "fewer-tables"]);
  });

  it("notices a backup that is far larger once three good ones say what is usual", () => {
    const large = { ...usual, streamBytes: 500_000_000 };
    expect(findAnomalies(large, [usual, usual])).toEqual([]);
    expect(findAnomalies(large, [usual, usual, usual])).toEqual([
      { code: "far-larger", params: { bytes: 500_000_000, usualBytes: 100_000_000 } },
    ]);
    expect(findAnomalies({ ...usual, streamBytes: 390_000_000 }, [usual, usual, usual])).toEqual([]);
  });

  it("lets small databases swing", () => {
    expect(
      findAnomalies({ streamBytes: 2_000, rowCount: 3, tableCount: 2 }, [{ streamBytes: 60_000, rowCount: 90, tableCount: 2 }]),
    ).toEqual([]);
  });
});
