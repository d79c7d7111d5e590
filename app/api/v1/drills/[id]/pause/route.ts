import * as contract from "#lib/contracts/drills";
import { route } from "#lib/http/route";
import { pauseDrill } from "#lib/services/drills/pause";

export const POST = route(contract.pauseDrill, pauseDrill);
