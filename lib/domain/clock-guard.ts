import { clockToleranceMs } from "./clock-tolerance.ts";

/** Further than anybody's holiday: a clock that moves on by more while nobody looked has been set, or the machine slept. */
export const longestGapMs = 7 * 86_400_000;

export type ClockReading = {
  /** The process that would remove something. */
  readonly worker: Date;
  /** The catalogue's server. */
  readonly catalogue: Date;
  /** The newest time that was ever believed. */
  readonly lastSeen: Date;
};

/** `jumpSeconds`: by how much the clock that is not believed is ahead of (or, negative, behind) what it is compared with. */
export type ClockVerdict =
  | { readonly believed: true }
  | { readonly believed: false; readonly why: "apart" | "back" | "ahead"; readonly jumpSeconds: number };

/** Whether what is old may be told by these clocks. One that is wrong by ten years would make everything old. */
export function judgeClock({ worker, catalogue, lastSeen }: ClockReading): ClockVerdict {
  const since = catalogue.getTime() - lastSeen.getTime();
  if (since < -clockToleranceMs) return doubt("back", since);
  if (since > longestGapMs) return doubt("ahead", since);
  const apart = worker.getTime() - catalogue.getTime();
  return Math.abs(apart) > clockToleranceMs ? doubt("apart", apart) : { believed: true };
}

function doubt(why: "apart" | "back" | "ahead", differenceMs: number): ClockVerdict {
  return { believed: false, why, jumpSeconds: Math.round(differenceMs / 1000) };
}
