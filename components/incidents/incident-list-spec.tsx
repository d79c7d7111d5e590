import { incidentSeverities, incidentStates } from "#lib/domain/incident-state";

/** What the address of the list of incidents may hold. `source` is an id; one that is none is dropped before it is asked for. */
export const incidentListSpec = { state: incidentStates, severity: incidentSeverities, source: "text" } as const;

/** The list's query: an address written by hand must not make the API refuse the page. */
export function sourceIdOf(source: string | undefined): string | undefined {
  return source !== undefined && /^src_[0-9a-f]{32}$/.test(source) ? source : undefined;
}
