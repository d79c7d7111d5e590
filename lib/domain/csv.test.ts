import { expect, it } from "vitest";
import { csvField, csvRecord } from "./csv.ts";

it.each([
  ["plain", "plain"],
  ["", ""],
  ["a,b", '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ["two\r\nlines", '"two\r\nlines"'],
  ["ñandú 🚣", "ñandú 🚣"],
])("writes %j as RFC 4180 wants it", (value, written) => {
  expect(csvField(value)).toBe(written);
});

it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"])("makes no formula of %j", (value) => {
  expect(csvField(value).replace(/^"/, "")).toMatch(/^'/);
});

it("keeps what is no formula as it is, also with such a sign inside", () => {
  expect(csvRecord(["a=b", "1-2", '{"a":1}'])).toBe('a=b,1-2,"{""a"":1}"\r\n');
});
