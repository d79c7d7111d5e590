import { expect, it } from "vitest";
import { limitOf } from "./limit.ts";

it("a limit is a whole number, or none", () => {
  expect(limitOf(" 4 ", 100)).toBe(4);
  expect(limitOf("", 100)).toBeNull();
  for (const wrong of ["0", "101", "1.5", "-1", "many"]) expect(limitOf(wrong, 100)).toBeUndefined();
});
