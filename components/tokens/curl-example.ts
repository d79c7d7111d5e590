import type { ApiTokenDto } from "#lib/contracts/tokens";
import { isAllowed, type Permission } from "#lib/domain/permissions";

/** What each kind of reading token can try first. */
const reads: readonly (readonly [Permission, string])[] = [
  ["sources:read", "/sources"],
  ["backups:read", "/backups"],
  ["runs:read", "/runs"],
  ["restores:read", "/restores"],
  ["servers:read", "/servers"],
  ["audit:read", "/audit-events"],
  ["system:read", "/system"],
];

/**
 * Something that this very token may do, to paste into a shell: back up a source where it may, else read. The token's value stands in a
 * variable, so that the command can be kept and shown.
 */
export function curlExample(token: Pick<ApiTokenDto, "role" | "scopes">, origin: string, sourceId: string): string {
  const may = (permission: Permission) => isAllowed(token.role, token.scopes, permission);
  const lines = ["curl --fail-with-body", '-H "Authorization: Bearer $LIFEBOAT_TOKEN"'];
  if (may("backups:create")) {
    const body = JSON.stringify({ sourceId, reason: "before the deployment" });
    return [...lines, '-H "Content-Type: application/json"', `-d '${body}'`, `${origin}/api/v1/backups`].join(" \\\n  ");
  }
  const path = reads.find(([permission]) => may(permission))?.[1] ?? "/me";
  return [...lines, `${origin}/api/v1${path}`].join(" \\\n  ");
}
