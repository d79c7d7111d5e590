import { expect, it } from "vitest";
import { digestEnd, digestStart } from "./digest-week.ts";

it("a digest is about the week that ended on the last Monday at eight in UTC", () => {
  expect(digestEnd(new Date("2026-11-23T08:00:00.000Z")).toISOString()).toBe("2026-11-23T08:00:00.000Z");
  expect(digestEnd(new Date("2026-11-23T07:59:59.999Z")).toISOString()).toBe("2026-11-16T08:00:00.000Z");
  expect(digestEnd(new Date("2026-11-29T23:00:00.000Z")).toISOString()).toBe("2026-11-23T08:00:00.000Z");
  expect(digestStart(new Date("2026-11-23T08:00:00.000Z")).toISOString()).toBe("2026-11-16T08:00:00.000Z");
});
