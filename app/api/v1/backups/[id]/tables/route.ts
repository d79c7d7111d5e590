import * as contract from "#lib/contracts/backups";
import { route } from "#lib/http/route";
import { listBackupTables } from "#lib/services/backups/tables";

export const GET = route(contract.listBackupTables, listBackupTables);
