import * as contract from "#lib/contracts/restores";
import { route } from "#lib/http/route";
import { getRestore } from "#lib/services/restores/get";

export const GET = route(contract.getRestore, getRestore);
