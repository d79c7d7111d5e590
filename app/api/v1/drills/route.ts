import { listDrills as listContract } from "#lib/contracts/drill-history";
import { startDrill as startContract } from "#lib/contracts/drills";
import { route } from "#lib/http/route";
import { listDrills } from "#lib/services/drills/history/list";
import { startDrill } from "#lib/services/drills/start";

export const GET = route(listContract, listDrills);
export const POST = route(startContract, startDrill);
