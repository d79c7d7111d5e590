import * as contract from "#lib/contracts/schedules";
import { route } from "#lib/http/route";
import { getSchedulingSettings, updateSchedulingSettings } from "#lib/services/schedules/settings";

export const GET = route(contract.getSchedulingSettings, getSchedulingSettings);
export const PATCH = route(contract.updateSchedulingSettings, updateSchedulingSettings);
