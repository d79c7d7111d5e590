import * as contract from "#lib/contracts/system";
import { route } from "#lib/http/route";
import { getOverview } from "#lib/services/system/overview";

export const GET = route(contract.getOverview, getOverview);
