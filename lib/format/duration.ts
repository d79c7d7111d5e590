import { formatCount, formatDecimal } from "./number.ts";

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * A duration in milliseconds, in its two largest units: `0.4 s`, `42 s`, `3 min 12 s`, `2 h 5 min`, `3 d 4 h`. The unit symbols are
 * those of the SI and the same in every language of the interface.
 */
export function formatDuration(durationMs: number, locale: string): string {
  const exact = Math.max(0, durationMs) / 1000;
  if (exact < 9.95) return `${formatDecimal(exact, 1, locale)}\u00A0s`;
  const seconds = Math.round(exact);
  if (seconds < minute) return unitText(seconds, "s", locale);
  if (seconds < hour) return pair(seconds, minute, "min", 1, "s", locale);
  if (seconds < day) return pair(seconds, hour, "h", minute, "min", locale);
  return pair(seconds, day, "d", hour, "h", locale);
}

/** Time left of a job, coarser than a duration because it is an estimate: `less than` is the caller's word for below 10 s. */
export function formatSecondsLeft(seconds: number, locale: string): string {
  const step = seconds < minute ? 5 : seconds < 10 * minute ? 10 : minute;
  return formatDuration(Math.max(10, Math.ceil(seconds / step) * step) * 1000, locale);
}

function pair(seconds: number, large: number, largeName: string, small: number, smallName: string, locale: string): string {
  const first = Math.floor(seconds / large);
  const second = Math.floor((seconds % large) / small);
  const head = unitText(first, largeName, locale);
  return second === 0 ? head : `${head} ${unitText(second, smallName, locale)}`;
}

function unitText(value: number, name: string, locale: string): string {
  return `${formatCount(value, locale)}\u00A0${name}`;
}
