import type { AlertCode } from "./alert-codes.ts";

/** Which alerts of which sources a channel asked for; null: all of them. */
export type ChannelFilter = { readonly alerts: readonly AlertCode[] | null; readonly sourceIds: readonly string[] | null };

/** A channel that names its sources hears of these alone: what concerns the whole installation (a disk, the clock) is for the others. */
export function wantsSource(filter: Pick<ChannelFilter, "sourceIds">, sourceId: string | null): boolean {
  return filter.sourceIds === null || (sourceId !== null && filter.sourceIds.includes(sourceId));
}

/** True when a channel is to be told of an alert. */
export function wantsAlert(filter: ChannelFilter, code: AlertCode, sourceId: string | null): boolean {
  return (filter.alerts === null || filter.alerts.includes(code)) && wantsSource(filter, sourceId);
}
