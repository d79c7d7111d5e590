import type { SourceDto } from "#lib/contracts/sources";

/** What the setting's field holds: off, or a number as it is typed. */
export type AfterFailuresDraft = { readonly on: boolean; readonly count: string };

export const mostFailures = 100;
const firstOffer = "3";

export function afterFailuresDraft(count: SourceDto["incidentAfterFailures"]): AfterFailuresDraft {
  return { on: count !== null, count: count === null ? firstOffer : String(count) };
}

/** The setting for the API: null never opens an incident; `undefined` is nothing that can be saved. */
export function afterFailuresOf({ on, count }: AfterFailuresDraft): number | null | undefined {
  if (!on) return null;
  const number = /^\d{1,3}$/.test(count.trim()) ? Number(count) : 0;
  return number >= 1 && number <= mostFailures ? number : undefined;
}
