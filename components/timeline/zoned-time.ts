const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** How far the zone's clocks are ahead of UTC at an instant, in milliseconds. */
function offsetMs(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" }).formatToParts(at);
  const name = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)/.exec(name) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours ?? 0) * hourMs + Number(minutes ?? 0) * minuteMs);
}

/** What clocks of the zone show at an instant, as a date-time field writes it: `2026-11-21T02:00:13`. */
export function toWallTime(instant: string, timeZone: string): string {
  const at = Date.parse(instant);
  return new Date(at + offsetMs(at, timeZone)).toISOString().slice(0, 19);
}

/**
 * The instant at which clocks of the zone show `wall` (`2026-11-21T02:00` or with seconds); null for what is no time. An hour that comes
 * twice means the first one; one that is skipped means as many minutes after the change.
 */
export function fromWallTime(wall: string, timeZone: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?$/.test(wall)) return null;
  const asUtc = Date.parse(`${wall.length === 16 ? `${wall}:00` : wall}Z`);
  if (Number.isNaN(asUtc)) return null;
  // The offsets half a day before and after: one of them is right, and where both fit the earlier instant wins.
  const before = asUtc - offsetMs(asUtc - 12 * hourMs, timeZone);
  const after = asUtc - offsetMs(asUtc + 12 * hourMs, timeZone);
  const fits = [Math.min(before, after), Math.max(before, after)].find((at) => at + offsetMs(at, timeZone) === asUtc);
  return new Date(fits ?? before).toISOString();
}
