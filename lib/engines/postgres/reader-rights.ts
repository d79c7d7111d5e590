import type postgres from "postgres";
import { LifeboatError } from "#lib/domain/error";

/** Functions of the server that reach its files; nobody may call them unless that was granted. */
const reachFiles = [
  "pg_read_file",
  "pg_read_binary_file",
  "pg_ls_dir",
  "pg_stat_file",
  "pg_file_read",
  "pg_file_write",
  "pg_logfile_rotate",
  "pg_reload_conf",
  "lo_import",
  "lo_export",
];

/**
 * Throws `query-refused` { detail } unless the session's role may read and nothing else: no superuser, no maker of roles, no member of a role that
 * reaches files or programs, and no right to call a function that does.
 */
export async function refuseStrongRole(sql: postgres.Sql): Promise<void> {
  const refuse = (detail: string) => {
    throw new LifeboatError("query-refused", { detail });
  };
  const [role] = await sql<{ name: string; super: boolean; createrole: boolean; replication: boolean }[]>`
    select rolname as name, rolsuper as super, rolcreaterole as createrole, rolreplication as replication
    from pg_catalog.pg_roles where rolname = session_user or rolname = current_user order by rolsuper desc limit 1`;
  if (role === undefined || role.super) refuse("the role is a superuser");
  if (role?.createrole === true || role?.replication === true) refuse("the role may do more than read");
  const [member] = await sql<{ name: string }[]>`
    select rolname as name from pg_catalog.pg_roles
    where (rolsuper or rolcreaterole or rolname in ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program'))
      and pg_catalog.pg_has_role(session_user, oid, 'MEMBER') limit 1`;
  if (member !== undefined) refuse(`the role is a member of ${member.name}`);
  const [callable] = await sql<{ name: string }[]>`
    select p.proname as name from pg_catalog.pg_proc p
    where p.proname = any(${reachFiles}::text[]) and p.oid < 16384 and pg_catalog.has_function_privilege(p.oid, 'EXECUTE') limit 1`;
  if (callable !== undefined) refuse(`the role may call ${callable.name}`);
}
