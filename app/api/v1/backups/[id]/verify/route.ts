import * as contract from "#lib/contracts/backups";
import { route } from "#lib/http/route";
import { verifyBackup } from "#lib/services/backups/verify";

export const POST = route(contract.verifyBackup, verifyBackup);
