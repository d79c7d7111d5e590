import * as contract from "#lib/contracts/schedules";
import { route } from "#lib/http/route";
import { getCalendar } from "#lib/services/schedules/calendar";

export const GET = route(contract.getCalendar, getCalendar);
