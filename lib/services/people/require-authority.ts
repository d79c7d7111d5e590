import { beyondAuthority } from "#lib/domain/authority";
import { LifeboatError } from "#lib/domain/error";
import type { Role } from "#lib/domain/permissions";
import type { ServiceContext } from "../context.ts";

/**
 * Whoever makes or changes a person may do what that person may do: a link is as good as its password, so a token with nothing but
 * `people:manage` would else make itself an admin. Throws `not-allowed` with the first permission that the caller lacks.
 */
export function requireAuthorityOver(context: ServiceContext, ...personRoles: readonly Role[]): void {
  for (const role of personRoles) {
    const permission = beyondAuthority(context.actor, { role, scopes: null });
    if (permission !== null) throw new LifeboatError("not-allowed", { permission });
  }
}
