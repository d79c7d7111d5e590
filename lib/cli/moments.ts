/** `2026-11-22 14:05Z`: UTC to the minute, which sorts and can be compared; `never` without one. */
export function moment(instant: string | null): string {
  return instant === null ? "never" : `${instant.slice(0, 16).replace("T", " ")}Z`;
}
