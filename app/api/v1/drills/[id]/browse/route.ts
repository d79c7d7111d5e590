import * as contract from "#lib/contracts/drills";
import { route } from "#lib/http/route";
import { browseDrill } from "#lib/services/drills/browse";

export const POST = route(contract.browseDrill, browseDrill);
