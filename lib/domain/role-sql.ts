export type RoleSqlRequest = {
  readonly username: string;
  /** Empty: the backup role does restores too, or nobody does. */
  readonly restoreUsername: string;
  /** Databases that the backup role must be let in to; empty: all that PUBLIC may enter. */
  readonly databases: readonly string[];
};

function isControl(character: string): boolean {
  const code = character.charCodeAt(0);
  return code < 0x20 || code === 0x7f;
}

/**
 * A name as an SQL identifier that stays on its line: control characters are written as escapes of `U&"…"`, so that a name
 * with a line break can neither end a comment nor look like a statement.
 */
export function quoteIdentifier(name: string): string {
  const quoted = name.replaceAll('"', '""');
  const characters = Array.from(quoted);
  if (!characters.some(isControl)) return `"${quoted}"`;
  const escaped = characters.map((character) => {
    if (character === "\\") return String.raw`\\`;
    return isControl(character) ? String.raw`\00${character.charCodeAt(0).toString(16).padStart(2, "0")}` : character;
  });
  return `U&"${escaped.join("")}"`;
}

function passwordHint(name: string): string {
  return Array.from(name).some(isControl)
    ? "-- Then set its password."
    : String.raw`-- Then, in psql, set its password (it is asked for, and leaves no trace): \password ${quoteIdentifier(name)}`;
}

function backupRole(request: RoleSqlRequest): string[] {
  const role = quoteIdentifier(request.username);
  return [
    `CREATE ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;`,
    "-- Reads every table, view and sequence, and changes nothing (PostgreSQL 14 and newer).",
    `GRANT pg_read_all_data TO ${role};`,
    ...request.databases.map((database) => `GRANT CONNECT ON DATABASE ${quoteIdentifier(database)} TO ${role};`),
    "-- Needed only where tables have row security: a backup of the rows that one role may see would not be whole.",
    `ALTER ROLE ${role} BYPASSRLS;`,
    passwordHint(request.username),
  ];
}

function olderServers(username: string): string[] {
  const role = quoteIdentifier(username);
  return [
    "-- PostgreSQL 13 and older have no pg_read_all_data. Instead of that line, run these in each database, once for every schema:",
    `--   GRANT USAGE ON SCHEMA public TO ${role};`,
    `--   GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${role};`,
    `--   GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO ${role};`,
    `--   ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO ${role};`,
    `--   ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON SEQUENCES TO ${role};`,
    "-- Large objects carry rights of their own; “Test connection” names what the role cannot read.",
  ];
}

function restoreRole(request: RoleSqlRequest): string[] {
  if (request.restoreUsername === "") return [];
  const role = quoteIdentifier(request.restoreUsername);
  if (request.restoreUsername === request.username) {
    return ["", "-- Restores: the same role may create databases.", `ALTER ROLE ${role} CREATEDB;`];
  }
  return [
    "",
    "-- Restores: creates new databases and owns what it restores. To keep the recorded owners, make it a member of their roles.",
    `CREATE ROLE ${role} LOGIN NOSUPERUSER CREATEDB NOCREATEROLE;`,
    passwordHint(request.restoreUsername),
  ];
}

/** The SQL that creates a least-privileged backup role and, if named, a restore role. Contains no password. */
export function roleSql(request: RoleSqlRequest): string {
  return `${["-- Run as a superuser.", ...backupRole(request), ...restoreRole(request), "", ...olderServers(request.username)].join("\n")}\n`;
}
