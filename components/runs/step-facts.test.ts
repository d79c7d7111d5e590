import { expect, it } from "vitest";
import { factText } from "./step-facts.tsx";

it.each([
  ["port", 41001, "41001"],
  ["bytes", 1536, "1.5\u00A0KiB"],
  ["streamBytes", 1536, "1.5\u00A0KiB"],
  ["milliseconds", 1500, "1.5\u00A0s"],
  ["rows", 125471, "125,471"],
  ["host", "db.example", "db.example"],
  ["host", "", null],
  ["protocol", null, null],
])("a step's %s of %j reads %j", (name, value, expected) => {
  expect(factText(name, value, "en")).toBe(expected);
});
