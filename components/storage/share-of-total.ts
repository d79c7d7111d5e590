/** A part of a total as a share of 0 to 1; 0 of nothing, never above 1. */
export function shareOfTotal(part: number, total: number): number {
  return total <= 0 ? 0 : Math.min(1, part / total);
}
