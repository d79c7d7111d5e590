/** A part of each day, by the wall clock of a zone; it may cross midnight. Equal ends: no part at all. */
export type QuietHours = { readonly from: string; readonly to: string; readonly timeZone: string };

const minuteMs = 60_000;
/** A day of 25 hours and a little: no quiet part is longer. */
const mostMinutes = 26 * 60;

/**
 * When quiet hours that go on at `now` end, or null outside of them. By what the clock on the wall shows: on the night when it is put forward they
 * are an hour shorter, when it is put back an hour longer, and a time that is shown twice is quiet twice.
 */
export function quietUntil(hours: QuietHours, now: Date): Date | null {
  const from = minutesOf(hours.from);
  const to = minutesOf(hours.to);
  const wall = wallClock(hours.timeZone);
  const isQuiet = (at: number) => {
    const minutes = wall(at);
    return from < to ? minutes >= from && minutes < to : from !== to && (minutes >= from || minutes < to);
  };
  if (!isQuiet(now.getTime())) return null;
  let at = Math.floor(now.getTime() / minuteMs) * minuteMs;
  for (let step = 0; step < mostMinutes && isQuiet(at); step += 1) at += minuteMs;
  return new Date(at);
}

function minutesOf(time: string): number {
  const [hours = "0", minutes = "0"] = time.split(":");
  return Number(hours) * 60 + Number(minutes);
}

/** Minutes since midnight that a clock on the wall shows at an instant. */
function wallClock(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return (at) => minutesOf(format.format(at));
}
