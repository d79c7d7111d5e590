import { alertCodes, deliveryKinds, deliveryStates } from "#lib/domain/alert-codes";

/** What the address of the delivery log may hold. `channel` and `source` are ids; what is none is dropped before it is asked for. */
export const deliveryListSpec = { channel: "text", state: deliveryStates, kind: deliveryKinds, source: "text" } as const;

export const alertListSpec = { state: ["open", "resolved"], code: alertCodes, source: "text" } as const;

/** An address written by hand must not make the API refuse the page. */
export function idWith(prefix: "src" | "ntc", id: string | undefined): string | undefined {
  return id !== undefined && new RegExp(`^${prefix}_[0-9a-f]{32}$`).test(id) ? id : undefined;
}
