import * as contract from "#lib/contracts/backups";
import { route } from "#lib/http/route";
import { synthesizeBackup } from "#lib/services/backups/synthesize";

export const POST = route(contract.synthesizeBackup, synthesizeBackup);
