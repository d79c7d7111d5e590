import { gateStates } from "#lib/domain/gate-state";

/** What the address of the list of deployments may hold. */
export const gateListSpec = { state: gateStates, source: "text" } as const;

/** An address written by hand must not make the API refuse the page. */
export function sourceIdOf(source: string | undefined): string | undefined {
  return source !== undefined && /^src_[0-9a-f]{32}$/.test(source) ? source : undefined;
}
