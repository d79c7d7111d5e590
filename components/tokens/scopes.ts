import { isAllowed, permissions, type Permission, type Role } from "#lib/domain/permissions";

/** What a token is for, as an answer that most people need not think about. `own`: chosen one by one. */
export const tokenUses = ["read", "deploy", "all", "own"] as const;
export type TokenUse = (typeof tokenUses)[number];

type Grant = { readonly role: Role; readonly scopes: readonly Permission[] | null };

/** Reads the catalogue and nothing else; what a viewer sees. */
const readOnly = permissions.filter((permission) => permission.endsWith(":read"));

/** Finds the source, starts its backup or a gate, waits for the run and looks at what became of it. */
const beforeDeployment: readonly Permission[] = [
  "sources:read",
  "backups:read",
  "backups:create",
  "runs:read",
  "gates:read",
  "gates:create",
];

export const presets: Record<Exclude<TokenUse, "own">, Grant> = {
  read: { role: "viewer", scopes: readOnly },
  deploy: { role: "admin", scopes: beforeDeployment },
  all: { role: "admin", scopes: null },
};

/** What a role may be given, by resource, in the order of the permission table: `[["servers", ["servers:read", …]], …]`. */
export function scopesByResource(role: Role): [resource: string, scopes: Permission[]][] {
  const groups = new Map<string, Permission[]>();
  for (const permission of permissions) {
    if (!isAllowed(role, null, permission)) continue;
    const resource = permission.split(":", 1)[0] ?? permission;
    groups.set(resource, [...(groups.get(resource) ?? []), permission]);
  }
  return [...groups];
}

/** The chosen scopes that the role may have, in the table's order. */
export function allowedScopes(role: Role, chosen: ReadonlySet<Permission>): Permission[] {
  return permissions.filter((permission) => chosen.has(permission) && isAllowed(role, null, permission));
}
