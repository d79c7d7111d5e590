import * as contract from "#lib/contracts/schedules";
import { route } from "#lib/http/route";
import { getSchedule } from "#lib/services/schedules/get";
import { deleteSchedule } from "#lib/services/schedules/remove";
import { updateSchedule } from "#lib/services/schedules/update";

export const GET = route(contract.getSchedule, getSchedule);
export const PATCH = route(contract.updateSchedule, updateSchedule);
export const DELETE = route(contract.deleteSchedule, deleteSchedule);
