import type postgres from "postgres";
import { type GlobalRole, type Membership, parseGlobals, type RoleAttribute } from "#lib/domain/globals-sql";
import type { PinnedAddress } from "./address.ts";
import { querySql, readVersion } from "./server.ts";
import { identifier, literal } from "./sql-text.ts";

export type SandboxRole = { readonly username: string; readonly password: string };

/** A sandbox as its superuser sees it. */
export type SandboxSession = { readonly superuser: PinnedAddress; readonly applicationName: string };

/** Milliseconds after which a reader's statement ends, unless whoever reads says less. */
const readerTimeout = "120s";

/**
 * Makes the role that reads everything and writes nothing, and where restoring is not the superuser's, the role that restores: it may
 * make databases and nothing else.
 */
export async function makeSandboxRoles(
  { superuser, applicationName }: SandboxSession,
  reader: SandboxRole,
  owner: SandboxRole | null,
): Promise<void> {
  await querySql(superuser, "postgres", applicationName, async (sql) => {
    const rights = "nosuperuser nocreaterole noreplication";
    const name = identifier(reader.username);
    await sql.unsafe(`create role ${name} login ${rights} nocreatedb bypassrls inherit password ${literal(reader.password)}`);
    await sql.unsafe(`grant pg_read_all_data to ${name}`);
    for (const setting of [
      "default_transaction_read_only to 'on'",
      `statement_timeout to '${readerTimeout}'`,
      `idle_in_transaction_session_timeout to '${readerTimeout}'`,
      "lock_timeout to '10s'",
      "temp_file_limit to '4GB'",
    ])
      await sql.unsafe(`alter role ${name} set ${setting}`);
    if (owner === null) return;
    await sql.unsafe(
      `create role ${identifier(owner.username)} login ${rights} createdb nobypassrls inherit password ${literal(owner.password)}`,
    );
  });
}

/** Lets the reader into a database that shuts others out; true when it did. Where everybody is let in, its grants stay as they are. */
export async function admitReader({ superuser, applicationName }: SandboxSession, database: string, reader: string): Promise<boolean> {
  return await querySql(superuser, "postgres", applicationName, async (sql) => {
    const [row] = await sql<{ admitted: boolean }[]>`
      select has_database_privilege(${reader}, oid, 'connect') as admitted from pg_catalog.pg_database where datname = ${database}`;
    if (row?.admitted !== false) return false;
    await sql.unsafe(`grant connect on database ${identifier(database)} to ${identifier(reader)}`);
    return true;
  });
}

/**
 * Takes from every role but `keep` what reaches files and programs. A function of the copy that runs with its owner's rights, and that anybody may call,
 * then reaches neither; owners of what only superusers may make stay owners.
 */
export async function weakenRoles({ superuser, applicationName }: SandboxSession, keep: string): Promise<void> {
  await querySql(superuser, "postgres", applicationName, async (sql) => {
    const strongest = await sql<{ name: string }[]>`
      select rolname as name from pg_catalog.pg_roles where (rolsuper or rolcreaterole or rolreplication) and rolname <> ${keep}`;
    for (const { name } of strongest) await sql.unsafe(`alter role ${identifier(name)} nosuperuser nocreaterole noreplication`);
    const members = await sql<{ role: string; member: string }[]>`
      select distinct pg_get_userbyid(roleid) as role, pg_get_userbyid(member) as member from pg_catalog.pg_auth_members
      where pg_get_userbyid(roleid) = any(${[...reachesOutside]}::text[]) and pg_get_userbyid(member) <> ${keep}`;
    for (const { role, member } of members) await sql.unsafe(`revoke ${identifier(role)} from ${identifier(member)} cascade`);
  });
}

/** Who holds one of these reaches the files and programs of the server's account, or other servers. */
const reachesOutside: ReadonlySet<string> = new Set([
  "pg_read_server_files",
  "pg_write_server_files",
  "pg_execute_server_program",
  "pg_create_subscription",
]);
/** The same for attributes: before PostgreSQL 16 a role with CREATEROLE could make itself a member of the roles above. */
const strong: ReadonlySet<RoleAttribute> = new Set(["SUPERUSER", "CREATEROLE", "REPLICATION", "BYPASSRLS"]);

export type RecordedRoles = { readonly globalsSql: string | null; readonly roles: readonly string[] };

/**
 * Makes the roles that a backup names. `owner`: the role that restores and becomes a member of each of them; null where a superuser restores, and
 * only then roles keep rights that reach beyond their data. Nobody can sign in as any of them. Statements are made here from what was
 * recognised in the recorded text, never taken from it.
 */
export async function createRecordedRoles(
  { superuser, applicationName }: SandboxSession,
  recorded: RecordedRoles,
  owner: string | null,
): Promise<{ created: string[]; problems: string[] }> {
  const globals = parseGlobals(recorded.globalsSql ?? "");
  const made = new Roles(owner === null);
  await querySql(superuser, "postgres", applicationName, async (sql) => {
    const { major } = await readVersion(sql);
    const taken = await sql<{ name: string }[]>`select rolname as name from pg_catalog.pg_roles`;
    made.begin(sql, new Set(taken.map(({ name }) => name)));
    const known = new Set(globals.roles.map(({ name }) => name));
    const named = recorded.roles.filter((name) => !known.has(name));
    for (const role of [...globals.roles, ...named.map(plainRole)]) await made.create(role, owner);
    for (const membership of globals.memberships) await made.grant(membership, major);
    for (const { role, name, values } of globals.settings) await made.set(role, name, values);
    for (const words of globals.leftOut) made.tell(`left out: ${words}`);
  });
  return { created: made.created, problems: made.problems };
}

const plainRole = (name: string): GlobalRole => ({ name, attributes: new Map(), connectionLimit: -1 });

const mostProblems = 100;

class Roles {
  readonly created: string[] = [];
  readonly problems: string[] = [];
  readonly #isConfined: boolean;
  #sql: postgres.Sql | null = null;
  #taken: ReadonlySet<string> = new Set();

  constructor(isConfined: boolean) {
    this.#isConfined = isConfined;
  }

  begin(sql: postgres.Sql, taken: ReadonlySet<string>): void {
    this.#sql = sql;
    this.#taken = taken;
  }

  tell(problem: string): void {
    if (this.problems.length < mostProblems) this.problems.push(problem.slice(0, 300));
  }

  async create({ name, attributes, connectionLimit }: GlobalRole, owner: string | null): Promise<void> {
    if (name.startsWith("pg_") || name === "" || name === "public" || name === "none") return;
    if (this.#taken.has(name) || Buffer.byteLength(name) > 63) return this.tell(`the role ${name} cannot be made here`);
    const words: string[] = [];
    for (const [attribute, isSet] of attributes) {
      if (attribute === "LOGIN" || attribute === "INHERIT" || !isSet) continue;
      if (this.#isConfined || !strong.has(attribute)) words.push(attribute);
      else this.tell(`the role ${name} is made without ${attribute}`);
    }
    const inherits = attributes.get("INHERIT") === false ? "noinherit" : "inherit";
    const statement = `create role ${identifier(name)} nologin ${inherits} ${words.join(" ")} connection limit ${connectionLimit}`;
    if (!(await this.#attempt(`the role ${name}`, statement))) return;
    this.created.push(name);
    if (owner !== null) await this.#attempt(`the role ${name}`, `grant ${identifier(name)} to ${identifier(owner)}`);
  }

  async grant({ role, member, admin, inherit, set }: Membership, major: number): Promise<void> {
    const what = `membership of ${member} in ${role}`;
    // Of roles that were not made here nobody becomes a member, and they of none: the superuser and the reader are among those.
    const isMade = (name: string) => this.created.includes(name);
    if (!isMade(member) || !(isMade(role) || role.startsWith("pg_"))) return this.tell(`${what} is left out`);
    if (!this.#isConfined && reachesOutside.has(role)) return this.tell(`${what} is left out`);
    const options = [`admin ${major >= 16 ? String(admin) : "option"}`];
    if (major >= 16 && inherit !== null) options.push(`inherit ${inherit}`);
    if (major >= 16 && set !== null) options.push(`set ${set}`);
    const suffix = major >= 16 || admin ? ` with ${options.join(", ")}` : "";
    await this.#attempt(what, `grant ${identifier(role)} to ${identifier(member)}${suffix}`);
  }

  async set(role: string, name: string, values: readonly string[]): Promise<void> {
    const what = `the setting ${name} of ${role}`;
    if (!this.created.includes(role)) return this.tell(`${what} is left out`);
    const parts = name.split(".").map(identifier).join(".");
    await this.#attempt(what, `alter role ${identifier(role)} set ${parts} to ${values.map(literal).join(", ")}`);
  }

  async #attempt(what: string, statement: string): Promise<boolean> {
    try {
      await this.#sql!.unsafe(statement);
      return true;
    } catch (error) {
      // Only what the server itself refused: a lost connection is nothing to go on from.
      if (!/^[0-9A-Z]{5}$/.test((error as { code?: string }).code ?? "")) throw error;
      this.tell(`${what}: ${(error as Error).message}`);
      return false;
    }
  }
}
