import { describe, expect, it } from "vitest";
import { auditQuery, auditRange } from "./audit-range.tsx";

const now = Date.parse("2026-11-22T10:31:07.000Z");

describe("the period of the audit page", () => {
  it("counts back from the hour, so that two clocks ask the same", () => {
    expect(auditRange({ since: "1d" }, now, "UTC")).toEqual({ from: "2026-11-21T10:00:00.000Z", to: undefined });
    expect(auditRange({}, now, "UTC")).toEqual({ from: undefined, to: undefined });
  });

  it("holds whole days of the reader's zone, the last one included", () => {
    expect(auditRange({ since: "range", from: "2026-11-01", to: "2026-11-02" }, now, "Asia/Kathmandu")).toEqual({
      from: "2026-10-31T18:15:00.000Z",
      to: "2026-11-02T18:14:59.999Z",
    });
    expect(auditRange({ since: "range", from: "2026-11-01", to: "2026-11-01" }, now, "America/New_York")).toEqual({
      from: "2026-11-01T04:00:00.000Z",
      to: "2026-11-02T04:59:59.999Z",
    });
  });

  it("is open where a day is missing or is none", () => {
    expect(auditRange({ since: "range", to: "2026-11-02" }, now, "UTC")).toEqual({ from: undefined, to: "2026-11-02T23:59:59.999Z" });
    expect(auditRange({ since: "range", from: "yesterday", to: "2026-99-99" }, now, "UTC")).toEqual({ from: undefined, to: undefined });
    expect(auditRange({ from: "2026-11-01" }, now, "UTC")).toEqual({ from: undefined, to: undefined });
  });

  it("cuts what is longer than the API takes", () => {
    expect(auditQuery({ q: "x".repeat(300), actor: "y".repeat(300) }, now, "UTC")).toMatchObject({
      q: "x".repeat(200),
      actor: "y".repeat(100),
    });
  });
});
