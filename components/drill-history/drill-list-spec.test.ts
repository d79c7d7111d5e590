import { describe, expect, it } from "vitest";
import { drillListQuery } from "./drill-list-spec.tsx";

describe("the query of the history", () => {
  it("takes whole days of the reader's zone, the last one included, also where clocks change", () => {
    expect(drillListQuery({ from: "2026-10-25", to: "2026-10-25" }, "Europe/Madrid")).toMatchObject({
      from: "2026-10-24T22:00:00.000Z",
      to: "2026-10-25T22:59:59.999Z",
    });
  });

  it("drops what is no source and no day, so that an address written by hand shows the list", () => {
    expect(drillListQuery({ source: "nope", from: "yesterday", to: "2026-13-45", state: "closed" }, "UTC")).toEqual({
      source: undefined,
      state: "closed",
      verdict: undefined,
      from: undefined,
      to: undefined,
    });
  });
});
