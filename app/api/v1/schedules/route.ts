import * as contract from "#lib/contracts/schedules";
import { route } from "#lib/http/route";
import { createSchedule } from "#lib/services/schedules/create";
import { listSchedules } from "#lib/services/schedules/list";

export const GET = route(contract.listSchedules, listSchedules);
export const POST = route(contract.createSchedule, createSchedule);
