import * as contract from "#lib/contracts/system";
import { route } from "#lib/http/route";
import { searchEverything } from "#lib/services/system/search";

export const GET = route(contract.searchEverything, searchEverything);
