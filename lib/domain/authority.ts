import { isAllowed, type Permission, permissionsOf, type Role } from "./permissions.ts";

/** What a caller may do, or what somebody is to be given: a role, narrowed by scopes. Null: all that the role may do, also in a later version. */
export type Authority = { readonly role: Role; readonly scopes: readonly Permission[] | null };

/**
 * The first permission that `given` has and `giver` lacks, or null when the giver may give it. A narrowed giver cannot
 * give the admin's role without a list of scopes, even if its own list is complete: that role grows with later versions, the list does not.
 */
export function beyondAuthority(giver: Authority, given: Authority): Permission | null {
  const wanted = permissionsOf(given.role, given.scopes);
  const beyond = wanted.find((permission) => !isAllowed(giver.role, giver.scopes, permission));
  if (beyond !== undefined) return beyond;
  if (giver.scopes === null || given.scopes !== null) return null;
  return given.role === "admin" ? "people:manage" : null;
}
