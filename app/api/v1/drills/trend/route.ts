import { drillTrend as contract } from "#lib/contracts/drill-history";
import { route } from "#lib/http/route";
import { drillTrend } from "#lib/services/drills/history/trend";

export const GET = route(contract, drillTrend);
