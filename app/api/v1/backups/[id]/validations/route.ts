import * as contract from "#lib/contracts/backups";
import { route } from "#lib/http/route";
import { listBackupValidations } from "#lib/services/backups/validations";

export const GET = route(contract.listBackupValidations, listBackupValidations);
