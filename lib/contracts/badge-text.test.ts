import { expect, it } from "vitest";
import { badgeMessage } from "./badge-text.ts";

const now = new Date("2026-11-22T12:00:00.000Z");
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000);

it.each([
  ["en", "good", hoursAgo(0.5), "good, less than an hour old"],
  ["en", "good", hoursAgo(1), "good, 1 hour old"],
  ["en", "bad", hoursAgo(47.9), "too old or broken, 47 hours old"],
  ["en", "paused", hoursAgo(72), "paused, 3 days old"],
  ["en", "bad", null, "too old or broken, no backup"],
  ["es", "attention", hoursAgo(3), "requiere atención, hace 3 horas"],
  ["es", "good", hoursAgo(24 * 30), "bien, hace 30 días"],
] as const)("in %s says %s of a backup at %s", (locale, level, lastGoodAt, text) => {
  expect(badgeMessage({ level, lastGoodAt }, now, locale)).toBe(text);
});
