import * as contract from "#lib/contracts/imports";
import { route } from "#lib/http/route";
import { startImport } from "#lib/services/imports/start";

export const POST = route(contract.startImport, startImport);
