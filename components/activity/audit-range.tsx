import type { ListValues } from "../data-table/list-state.tsx";
import type { auditListSpec } from "./list-specs.tsx";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const daysBack = { "1d": 1, "7d": 7, "30d": 30 } as const;

type Values = ListValues<typeof auditListSpec>;
type Instants = { readonly from: string | undefined; readonly to: string | undefined };

/**
 * The instants that an address's period means. The last days count back from now, to the hour, so that server and client ask the same
 * question; a range holds whole days of the reader's zone, the last one included. What is no day is left out.
 */
export function auditRange({ since, from, to }: Pick<Values, "since" | "from" | "to">, nowMs: number, timeZone: string): Instants {
  if (since === undefined) return { from: undefined, to: undefined };
  if (since !== "range")
    return { from: new Date(Math.floor(nowMs / hourMs) * hourMs - daysBack[since] * dayMs).toISOString(), to: undefined };
  const end = startOfDay(to, 1, timeZone);
  return {
    from: startOfDay(from, 0, timeZone)?.toISOString(),
    to: end === undefined ? undefined : new Date(end.getTime() - 1).toISOString(),
  };
}

/** Midnight at the beginning of `day` (`2026-11-21`), `plus` days later, in the zone; undefined for what is no day. */
function startOfDay(day: string | undefined, plus: number, timeZone: string): Date | undefined {
  if (day === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(day)) return undefined;
  const asUtc = Date.parse(`${day}T00:00:00.000Z`) + plus * dayMs;
  if (Number.isNaN(asUtc)) return undefined;
  // The offset at the guess may be that of the other side of a clock change: the second look is right.
  const guess = asUtc - offsetMs(asUtc, timeZone);
  return new Date(asUtc - offsetMs(guess, timeZone));
}

/** How far the zone's clocks are ahead of UTC at an instant. */
function offsetMs(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" }).formatToParts(at);
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)/.exec(parts.find(({ type }) => type === "timeZoneName")?.value ?? "") ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours ?? 0) * hourMs + Number(minutes ?? 0) * 60_000);
}

/** The query of the list and of its export for what the address says. */
export function auditQuery(values: Values, nowMs: number, timeZone: string) {
  const { q, actor, action, target } = values;
  return {
    q: q?.slice(0, 200),
    actor: actor?.slice(0, 100),
    action: action?.slice(0, 100),
    target: target?.slice(0, 100),
    ...auditRange(values, nowMs, timeZone),
  };
}
