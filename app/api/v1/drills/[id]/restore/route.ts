import * as contract from "#lib/contracts/drills";
import { route } from "#lib/http/route";
import { restoreDrill } from "#lib/services/drills/restore";

export const POST = route(contract.restoreDrill, restoreDrill);
