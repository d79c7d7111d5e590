import { LifeboatError } from "#lib/domain/error";
import { isAllowed, type Permission } from "#lib/domain/permissions";
import type { ServiceContext } from "./context.ts";

/** The first line of every verb. Throws `not-allowed` when the caller's role, narrowed by its token's scopes, lacks `permission`. */
export function authorise(context: ServiceContext, permission: Permission): void {
  const { role, scopes } = context.actor;
  if (!isAllowed(role, scopes, permission)) throw new LifeboatError("not-allowed", { permission });
}
