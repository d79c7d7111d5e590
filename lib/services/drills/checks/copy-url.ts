import type { SandboxAccess } from "../ports.ts";

/** The address of a sandbox as programs take it: through its relay on this host's loopback, where there is no TLS. A secret. */
export function copyUrl(access: SandboxAccess, relay: { readonly host: string; readonly port: number }, role: "owner" | "reader"): string {
  const { address, database } = access[role];
  const password = address.password === null ? "" : `:${encodeURIComponent(address.password)}`;
  return `postgresql://${encodeURIComponent(address.username)}${password}@${relay.host}:${relay.port}/${encodeURIComponent(database)}?sslmode=disable`;
}
