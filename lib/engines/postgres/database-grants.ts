import type postgres from "postgres";
import { identifier } from "./sql-text.ts";

/** One right of one grantee on a database; `grantee` null is PUBLIC. */
export type DatabaseGrant = {
  readonly grantor: string;
  readonly grantee: string | null;
  readonly privilege: string;
  readonly grantable: boolean;
};

/** The rights on a database as they work: where nothing was ever granted or revoked, the server's default. */
export async function readGrants(sql: postgres.Sql, database: string): Promise<DatabaseGrant[]> {
  return await sql<DatabaseGrant[]>`
    select pg_get_userbyid(a.grantor) as grantor, case a.grantee when 0 then null else pg_get_userbyid(a.grantee) end as grantee,
      a.privilege_type as privilege, a.is_grantable as grantable
    from pg_catalog.pg_database d cross join lateral aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
    where d.datname = ${database}`;
}

const keyOf = (grant: DatabaseGrant) => JSON.stringify([grant.grantor, grant.grantee, grant.privilege, grant.grantable]);

export function sameGrants(left: readonly DatabaseGrant[], right: readonly DatabaseGrant[]): boolean {
  const keys = (grants: readonly DatabaseGrant[]) => JSON.stringify(grants.map(keyOf).toSorted());
  return keys(left) === keys(right);
}

const subject = (grantee: string | null) => (grantee === null ? "public" : identifier(grantee));

/** Takes every right from everybody, the owner included, and with it all that was granted on. */
export function revokeStatements(database: string, grants: readonly DatabaseGrant[]): string[] {
  const grantees = new Set(grants.map(({ grantee }) => grantee));
  return Array.from(grantees, (grantee) => `revoke all on database ${identifier(database)} from ${subject(grantee)} cascade`);
}

/** Grants in an order in which each grantor already holds what it passes on; other grantors than the owner are impersonated. */
export function grantStatements(database: string, owner: string, grants: readonly DatabaseGrant[]): string[] {
  const statements: string[] = [];
  const held = new Set<string>();
  let waiting = [...grants];
  while (waiting.length > 0) {
    const ready = waiting.filter(({ grantor, privilege }) => grantor === owner || held.has(JSON.stringify([grantor, privilege])));
    // A grantor that no longer holds the right cannot be followed; the server says so when it is tried.
    const batch = ready.length > 0 ? ready : waiting;
    for (const { grantor, grantee, privilege, grantable } of batch) {
      const grant = `grant ${privilege} on database ${identifier(database)} to ${subject(grantee)}${grantable ? " with grant option" : ""}`;
      statements.push(...(grantor === owner ? [grant] : [`set local role ${identifier(grantor)}`, grant, "reset role"]));
      if (grantable) held.add(JSON.stringify([grantee, privilege]));
    }
    waiting = waiting.filter((grant) => !batch.includes(grant));
  }
  return statements;
}
