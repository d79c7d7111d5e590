/** Everything a person or a token may be allowed to do. Token scopes are taken from this list. */
export const permissions = [
  "servers:read",
  "servers:write",
  "sources:read",
  "sources:write",
  "backups:read",
  "backups:create",
  "backups:edit",
  "backups:download",
  "backups:verify",
  "backups:delete",
  "backups:import",
  "restores:read",
  "restores:create",
  "restores:replace",
  "drills:read",
  "drills:operate",
  "drills:plan",
  "incidents:read",
  "incidents:write",
  "runs:read",
  "runs:cancel",
  "policies:read",
  "policies:write",
  "gates:read",
  "gates:create",
  "notifications:manage",
  "audit:read",
  "system:read",
  "people:manage",
  "tokens:manage",
  "profile:edit",
] as const;

export type Permission = (typeof permissions)[number];

export const roles = ["admin", "viewer"] as const;
export type Role = (typeof roles)[number];

/** Role × permission. Viewers read; they neither download nor see secrets nor change anything but their own profile. */
const granted: Record<Role, ReadonlySet<Permission>> = {
  admin: new Set(permissions),
  viewer: new Set<Permission>([
    "servers:read",
    "sources:read",
    "backups:read",
    "restores:read",
    "drills:read",
    "incidents:read",
    "runs:read",
    "policies:read",
    "gates:read",
    "audit:read",
    "system:read",
    "profile:edit",
  ]),
};

/** Everything that a role, narrowed by scopes, may do. */
export function permissionsOf(role: Role, scopes: readonly Permission[] | null): Permission[] {
  return permissions.filter((permission) => isAllowed(role, scopes, permission));
}

/** The role with the fewer rights. */
export function lesserRole(one: Role, other: Role): Role {
  return one === "viewer" ? one : other;
}

/**
 * Decides whether a role, narrowed by a token's scopes where there is a token, may do something.
 * `scopes` null means "no narrowing" (a browser session).
 */
export function isAllowed(role: Role, scopes: readonly Permission[] | null, permission: Permission): boolean {
  return granted[role].has(permission) && (scopes === null || scopes.includes(permission));
}
