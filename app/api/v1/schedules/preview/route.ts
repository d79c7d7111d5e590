import * as contract from "#lib/contracts/schedules";
import { route } from "#lib/http/route";
import { previewSchedule } from "#lib/services/schedules/preview";

export const POST = route(contract.previewSchedule, previewSchedule);
