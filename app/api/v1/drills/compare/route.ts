import { compareDrills as contract } from "#lib/contracts/drill-history";
import { route } from "#lib/http/route";
import { compareDrills } from "#lib/services/drills/history/compare";

export const GET = route(contract, compareDrills);
