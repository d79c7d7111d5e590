import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/servers";
import { roleSql } from "#lib/domain/role-sql";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

/** The SQL that creates a least-privileged backup role and, if named, a restore role. */
export async function getBackupRoleSql(
  context: ServiceContext,
  input: EndpointInput<typeof contract.getBackupRoleSql>,
): Promise<EndpointOutput<typeof contract.getBackupRoleSql>> {
  authorise(context, "servers:read");
  return { sql: roleSql(input.body) };
}
