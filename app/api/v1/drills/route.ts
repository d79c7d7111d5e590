import { listDrills as listContract } from "#lib/contracts/drill-history";
import { route } from "#lib/http/route";
import { listDrills } from "#lib/services/drills/history/list";

export const GET = route(listContract, listDrills);
