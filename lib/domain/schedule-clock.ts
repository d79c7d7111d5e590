/** Two looks at two clocks: the catalogue's, which decides what is due, and one that only counts on. Milliseconds. */
export type ClockLook = { readonly atMs: number; readonly countMs: number };

const toleranceMs = 2 * 60_000;

/** How the catalogue's clock moved between two looks of one process. A first look says nothing. */
export function clockMove(before: ClockLook | null, after: ClockLook): "steady" | "forward" | "back" {
  if (before === null) return "steady";
  const drift = after.atMs - before.atMs - (after.countMs - before.countMs);
  if (drift > toleranceMs) return "forward";
  return drift < -toleranceMs ? "back" : "steady";
}
