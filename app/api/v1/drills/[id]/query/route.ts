import * as contract from "#lib/contracts/drills";
import { route } from "#lib/http/route";
import { queryDrill } from "#lib/services/drills/query";

export const POST = route(contract.queryDrill, queryDrill);
