import type { EndpointInput } from "#lib/contracts/endpoint";
import type { createSchedule as contract, ScheduleDto } from "#lib/contracts/schedules";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { lockSource } from "../sources/load.ts";
import { readCatalogueClock } from "./clock.ts";
import { loadSchedule } from "./dto.ts";
import { writeExpectedEvery } from "./expected.ts";
import { insertSchedule } from "./insert.ts";

/** Adds a schedule to a source. Throws `not-found`, `cron-invalid` { cron, detail }, `cron-never` { cron }. */
export async function createSchedule(context: ServiceContext, { body }: EndpointInput<typeof contract>): Promise<ScheduleDto> {
  authorise(context, "policies:write");
  return context.db.transaction(async (tx) => {
    const source = await lockSource(tx, body.sourceId);
    const now = await readCatalogueClock(tx);
    const row = await insertSchedule(tx, context, body, source, now);
    await writeExpectedEvery(tx, source.id, now);
    return loadSchedule(tx, row.id, now);
  });
}
