import * as contract from "#lib/contracts/drills";
import { route } from "#lib/http/route";
import { connectDrill } from "#lib/services/drills/connect";

export const POST = route(contract.connectDrill, connectDrill);
