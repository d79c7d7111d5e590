import * as contract from "#lib/contracts/drills";
import { route } from "#lib/http/route";
import { closeDrill } from "#lib/services/drills/close";

export const POST = route(contract.closeDrill, closeDrill);
