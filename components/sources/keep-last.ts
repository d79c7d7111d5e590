import type { SourceDto } from "#lib/contracts/sources";

/** What the setting's field holds: off, or a number as it is typed. */
export type KeepLastDraft = { readonly on: boolean; readonly count: string };

export const mostKept = 10_000;
const firstOffer = "20";

export function keepLastDraft(keepLast: SourceDto["keepLast"]): KeepLastDraft {
  return { on: keepLast !== null, count: keepLast === null ? firstOffer : String(keepLast) };
}

/** The setting for the API: null keeps all; `undefined` is nothing that can be saved. */
export function keepLastOf({ on, count }: KeepLastDraft): number | null | undefined {
  if (!on) return null;
  const number = /^\d{1,5}$/.test(count.trim()) ? Number(count) : 0;
  return number >= 1 && number <= mostKept ? number : undefined;
}

/** How many of the present backups a rule would delete once it is saved; pinned ones stay, and are not known here. */
export function wouldGo(keepLast: number | null | undefined, backupCount: number): number {
  return keepLast === null || keepLast === undefined ? 0 : Math.max(0, backupCount - keepLast);
}
