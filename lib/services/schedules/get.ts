import type { EndpointInput } from "#lib/contracts/endpoint";
import type { getSchedule as contract, ScheduleDto } from "#lib/contracts/schedules";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { readCatalogueClock } from "./clock.ts";
import { loadSchedule } from "./dto.ts";

/** One schedule with its next starts. Throws `not-found`. */
export async function getSchedule(context: ServiceContext, { params }: EndpointInput<typeof contract>): Promise<ScheduleDto> {
  authorise(context, "policies:read");
  return loadSchedule(context.db, params.id, await readCatalogueClock(context.db));
}
