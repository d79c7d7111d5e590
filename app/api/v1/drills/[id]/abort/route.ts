import * as contract from "#lib/contracts/drills";
import { route } from "#lib/http/route";
import { abortDrill } from "#lib/services/drills/abort";

export const POST = route(contract.abortDrill, abortDrill);
