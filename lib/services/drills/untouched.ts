import type { Transaction } from "#lib/db/client";
import type { CheckType } from "#lib/domain/drill-checks";
import { LifeboatError } from "#lib/domain/error";
import { activeRuns } from "./change.ts";
import { loadChecks } from "./checks/rows.ts";
import type { DrillRow } from "./rows.ts";

/** Checks that say nothing of what the copy holds now, or that start something on it which may write as well. */
const apart: ReadonlySet<CheckType> = new Set([
  "stream-checksum",
  "restore-errors",
  "recovery-time",
  "recovery-point",
  "http",
  "command",
  "manual",
]);

/** True for a check that reads what the copy holds: on a copy that somebody may have written to it would prove nothing. */
export const readsCopy = (type: CheckType): boolean => !apart.has(type);

/** True when the address of the present copy, with the right to write, was given out. A copy that is restored anew is untouched. */
export function isGivenOut({ events }: Pick<DrillRow, "events">): boolean {
  const restored = events.findLastIndex(({ code }) => code === "restored");
  return events.slice(restored + 1).some(({ code, params }) => code === "looked-at" && params["how"] === "connection");
}

/**
 * Before the copy's address is given out, everything that reads the copy must have its verdict: whoever has the address may mend what was to be
 * found. Throws `drill-busy` { runId } and `drill-checks-first` { count }.
 */
export async function refuseUnchecked(tx: Transaction, drillId: string): Promise<void> {
  const [active] = await activeRuns(tx, drillId);
  if (active !== undefined) throw new LifeboatError("drill-busy", { runId: active.id });
  const open = (await loadChecks(tx, drillId)).filter(({ type, state }) => readsCopy(type) && (state === "pending" || state === "running"));
  if (open.length > 0) throw new LifeboatError("drill-checks-first", { count: open.length });
}
