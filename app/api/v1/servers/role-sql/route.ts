import * as contract from "#lib/contracts/servers";
import { route } from "#lib/http/route";
import { getBackupRoleSql } from "#lib/services/servers/role-sql";

export const POST = route(contract.getBackupRoleSql, getBackupRoleSql);
