import type { SourceDetailDto } from "#lib/contracts/sources";

export type StripDay = SourceDetailDto["strip"][number];
/** `late`: good, but a planned one did not start. `none`: nothing was made, and nothing was planned. */
export type StripMark = "good" | "mixed" | "late" | "failed" | "missed" | "planned" | "none" | "before";

/** What one day shows; a failure weighs more than a missed time beside it. Days before the source existed were not missed. */
export function markOf(day: StripDay, since: string): StripMark {
  if (day.good > 0) return day.failed > 0 ? "mixed" : day.missed > 0 ? "late" : "good";
  if (day.failed > 0) return "failed";
  if (day.missed > 0) return "missed";
  if (day.planned > 0) return "planned";
  return day.day < since.slice(0, 10) ? "before" : "none";
}
