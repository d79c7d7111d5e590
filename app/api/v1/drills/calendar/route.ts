import { drillCalendar as contract } from "#lib/contracts/drill-history";
import { route } from "#lib/http/route";
import { drillCalendar } from "#lib/services/drills/history/calendar";

export const GET = route(contract, drillCalendar);
