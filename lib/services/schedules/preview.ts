import { describeReason } from "#lib/contracts/describe-reason";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type { previewSchedule as contract } from "#lib/contracts/schedules";
import { clockNotes } from "#lib/cron/clock-notes";
import { nextStarts } from "#lib/cron/starts";
import { LifeboatError, reasonOf } from "#lib/domain/error";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { readCatalogueClock } from "./clock.ts";
import { iso, toNote } from "./dto.ts";

/** What an expression means, for whoever is typing it: its next starts and what clock changes do to them, or what is wrong with it. */
export async function previewSchedule(
  context: ServiceContext,
  { body }: EndpointInput<typeof contract>,
): Promise<EndpointOutput<typeof contract>> {
  authorise(context, "policies:read");
  const now = (await readCatalogueClock(context.db)).getTime();
  try {
    return { next: nextStarts(body, now, body.count).map(iso), dst: clockNotes(body, now).map(toNote), problem: null };
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    return { next: [], dst: [], problem: describeReason(reasonOf(error)) };
  }
}
