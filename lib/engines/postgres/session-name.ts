/** The name of a helper session, so that the tool's own session can be told apart in `pg_stat_activity`; at most 63 bytes. */
export function helperName(applicationName: string, helper: "snapshot" | "watch" | "end" | "look"): string {
  return `${applicationName.slice(0, 54)} ${helper}`;
}
