import { dayKey } from "#lib/format/time";
import { fromWallTime } from "../timeline/zoned-time.ts";

export const pauseChoices = ["hour", "morning", "week", "time", "open"] as const;
export type PauseChoice = (typeof pauseChoices)[number];

/** So far ahead that only a person ends it; the same for every pause, so that it can be told from a time that somebody chose. */
export const openEnd = "9999-12-31T00:00:00.000Z";

/** True for a pause that nobody gave an end. */
export function isOpenEnd(until: string): boolean {
  return Number(until.slice(0, 4)) > 2900;
}

const hourMs = 3_600_000;
const morning = "08:00";

/** When a pause ends: an instant; `null` for one without an end; undefined while `typed` is no time to come. */
export function pauseEnd(choice: PauseChoice, typed: string, now: Date, timeZone: string): string | null | undefined {
  switch (choice) {
    case "hour":
      return new Date(now.getTime() + hourMs).toISOString();
    case "morning": {
      const tomorrow = new Date(Date.parse(`${dayKey(now.toISOString(), timeZone)}T12:00:00Z`) + 24 * hourMs).toISOString().slice(0, 10);
      return fromWallTime(`${tomorrow}T${morning}`, timeZone) ?? undefined;
    }
    case "week":
      return new Date(now.getTime() + 7 * 24 * hourMs).toISOString();
    case "time": {
      const at = fromWallTime(typed, timeZone);
      return at !== null && Date.parse(at) > now.getTime() ? at : undefined;
    }
    case "open":
      return null;
  }
}
