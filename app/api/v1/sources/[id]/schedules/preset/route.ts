import * as contract from "#lib/contracts/schedules";
import { route } from "#lib/http/route";
import { applySchedulePreset } from "#lib/services/schedules/preset";

export const POST = route(contract.applySchedulePreset, applySchedulePreset);
