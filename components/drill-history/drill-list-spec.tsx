import { drillVerdicts } from "#lib/domain/drill-state";
import type { DrillListQuery } from "#lib/query/drill-history";
import type { ListValues } from "../data-table/list-state.tsx";
import { fromWallTime } from "../timeline/zoned-time.ts";

/** What the address of the history may hold. `from` and `to` are days of the reader's zone, the last one included. */
export const drillListSpec = {
  source: "text",
  state: ["open", "closed", "aborted"],
  verdict: drillVerdicts,
  from: "text",
  to: "text",
} as const;

/** The list's query: an address written by hand must not make the API refuse the page. */
export function drillListQuery(values: ListValues<typeof drillListSpec>, timeZone: string): DrillListQuery {
  const { source, state, verdict, from, to } = values;
  const end = startOfDay(to, 1, timeZone);
  return {
    source: sourceIdOf(source),
    state,
    verdict,
    from: startOfDay(from, 0, timeZone),
    to: end === undefined ? undefined : new Date(Date.parse(end) - 1).toISOString(),
  };
}

export function sourceIdOf(source: string | undefined): string | undefined {
  return source !== undefined && /^src_[0-9a-f]{32}$/.test(source) ? source : undefined;
}

export function drillIdOf(drill: string | undefined): string | undefined {
  return drill !== undefined && /^drl_[0-9a-f]{32}$/.test(drill) ? drill : undefined;
}

/** Midnight at the beginning of a day, `plus` days later; undefined for what is no day. */
function startOfDay(day: string | undefined, plus: number, timeZone: string): string | undefined {
  if (day === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(day)) return undefined;
  const noon = Date.parse(`${day}T12:00:00.000Z`);
  if (Number.isNaN(noon)) return undefined;
  const moved = new Date(noon + plus * 86_400_000).toISOString().slice(0, 10);
  return fromWallTime(`${moved}T00:00`, timeZone) ?? undefined;
}
