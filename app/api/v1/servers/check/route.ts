import * as contract from "#lib/contracts/servers";
import { route } from "#lib/http/route";
import { checkServer } from "#lib/services/servers/check";

export const POST = route(contract.checkServer, checkServer);
