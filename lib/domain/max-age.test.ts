import { expect, it } from "vitest";
import { parseMaxAge } from "./max-age.ts";

it("an age is a whole number and a unit", () => {
  expect(["90s", "15m", "24h", "7d", "2w"].map(parseMaxAge)).toEqual([90, 900, 86_400, 604_800, 1_209_600]);
  expect(["", "7", "d", "0d", "-1d", "1.5h", "7D", "7 d", "07d", "12345678s", "7d "].map(parseMaxAge)).toEqual(Array(11).fill(null));
});
