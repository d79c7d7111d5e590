import type { CopyTarget } from "#lib/engines/copy-port";
import type { SandboxAccess } from "./ports.ts";

/** Addresses of a sandbox through its relay: with every right in it, and one that only reads. They hold passwords. */
export function connectionUrls(
  access: Pick<SandboxAccess, "owner" | "reader">,
  relay: { readonly host: string; readonly port: number },
): { readonly url: string; readonly readOnlyUrl: string } {
  return { url: urlOf(access.owner, relay), readOnlyUrl: urlOf(access.reader, relay) };
}

function urlOf({ address, database }: CopyTarget, { host, port }: { host: string; port: number }): string {
  const user = `${encodeURIComponent(address.username)}:${encodeURIComponent(address.password ?? "")}`;
  return `postgresql://${user}@${host}:${port}/${encodeURIComponent(database)}?sslmode=disable`;
}
