import * as contract from "#lib/contracts/drills";
import { route } from "#lib/http/route";
import { prepareDrill } from "#lib/services/drills/prepare";

export const POST = route(contract.prepareDrill, prepareDrill);
