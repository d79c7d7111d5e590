import * as contract from "#lib/contracts/drills";
import { route } from "#lib/http/route";
import { getDrill } from "#lib/services/drills/get";

export const GET = route(contract.getDrill, getDrill);
