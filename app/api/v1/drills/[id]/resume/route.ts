import * as contract from "#lib/contracts/drills";
import { route } from "#lib/http/route";
import { resumeDrill } from "#lib/services/drills/resume";

export const POST = route(contract.resumeDrill, resumeDrill);
