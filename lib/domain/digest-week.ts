const weekMs = 7 * 86_400_000;
/** 1970-01-05 was a Monday; the digest goes out at eight in UTC. */
const firstMs = 4 * 86_400_000 + 8 * 3_600_000;

/** The last Monday, 08:00 UTC, at or before `now`: the end of the week that a digest is about. */
export function digestEnd(now: Date): Date {
  return new Date(Math.floor((now.getTime() - firstMs) / weekMs) * weekMs + firstMs);
}

/** Its beginning: seven days before. */
export function digestStart(end: Date): Date {
  return new Date(end.getTime() - weekMs);
}
