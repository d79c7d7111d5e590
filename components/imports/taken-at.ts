import { fromWallTime } from "../timeline/zoned-time.ts";

/** `other`: what the file tells is not taken. `wall` is what a clock of the reader's zone showed; `isGuess` while nobody touched it. */
export type TakenAtDraft = { readonly other: boolean; readonly wall: string; readonly isGuess: boolean };

/** `told`: the file says it itself; `given`: somebody did. */
export type TakenAt =
  | { readonly kind: "told" }
  | { readonly kind: "missing" }
  | { readonly kind: "future" }
  | { readonly kind: "given"; readonly at: string };

/** Two clocks never agree: this much ahead is still now. */
const clockSlackMs = 60_000;

/** What the draft says about the time of the data, in milliseconds now. */
export function takenAtOf(draft: TakenAtDraft, told: string | null, timeZone: string, nowMs: number): TakenAt {
  if (told !== null && !draft.other) return { kind: "told" };
  const at = fromWallTime(draft.wall, timeZone);
  if (at === null) return { kind: "missing" };
  return Date.parse(at) > nowMs + clockSlackMs ? { kind: "future" } : { kind: "given", at };
}
