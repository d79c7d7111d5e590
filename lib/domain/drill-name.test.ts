import { expect, it } from "vitest";
import { drillDatabaseName } from "./drill-name.ts";

const day = new Date("2026-11-22T23:59:59Z");

it("says of which database it is a copy, and from which day", () => {
  expect(drillDatabaseName("shop", day, "a1b2c3")).toBe("shop_drill_20261122_a1b2c3");
});

it("stays within 63 bytes without cutting a character in two", () => {
  const name = drillDatabaseName("😀".repeat(15), day, "a1b2c3");
  expect(new TextEncoder().encode(name).length).toBe(62);
  expect(name).toBe(`${"😀".repeat(10)}_drill_20261122_a1b2c3`);
});
