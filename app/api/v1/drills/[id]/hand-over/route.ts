import * as contract from "#lib/contracts/drills";
import { route } from "#lib/http/route";
import { handOverDrill } from "#lib/services/drills/hand-over";

export const POST = route(contract.handOverDrill, handOverDrill);
