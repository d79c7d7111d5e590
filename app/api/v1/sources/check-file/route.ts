import * as contract from "#lib/contracts/sources";
import { route } from "#lib/http/route";
import { checkFile } from "#lib/services/sources/check-file";

export const POST = route(contract.checkFile, checkFile);
