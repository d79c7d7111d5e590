import { describe, expect, it } from "vitest";
import { mayResume, parseRange } from "./byte-range.ts";

describe("a Range header", () => {
  it.each([
    [undefined, { kind: "whole" }],
    ["bytes=0-", { kind: "part", offset: 0, length: 100 }],
    ["bytes=0-0", { kind: "part", offset: 0, length: 1 }],
    ["bytes=90-", { kind: "part", offset: 90, length: 10 }],
    ["bytes=90-500", { kind: "part", offset: 90, length: 10 }],
    ["bytes=-10", { kind: "part", offset: 90, length: 10 }],
    ["bytes=-500", { kind: "part", offset: 0, length: 100 }],
    ["bytes=100-", { kind: "outside" }],
    ["bytes=100-200", { kind: "outside" }],
    ["bytes=-0", { kind: "outside" }],
    ["bytes=5-2", { kind: "whole" }],
    ["bytes=-", { kind: "whole" }],
    ["bytes=0-1,5-6", { kind: "whole" }],
    ["lines=0-1", { kind: "whole" }],
    ["bytes=99999999999999999999-", { kind: "whole" }],
    ["bytes=0x1-2", { kind: "whole" }],
  ])("%s of 100 bytes", (header, expected) => {
    expect(parseRange(header, 100)).toEqual(expected);
  });

  it("continues only the very file that was begun", () => {
    expect([null, '"a"', '"b"', 'W/"a"', "Sun, 22 Nov 2026 00:00:00 GMT"].map((value) => mayResume(value, '"a"'))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
