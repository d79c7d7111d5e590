import type { DrillDetailDto, pauseDrill as contract } from "#lib/contracts/drills";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type { ServiceContext } from "../context.ts";
import { changeDrill } from "./change.ts";
import { moveDrill } from "./move.ts";

const states = ["preparing", "prepared", "restoring", "restore-failed", "validating"] as const;

/** Nothing new is started until the drill goes on; what runs comes to its end, the clock goes on. Throws `drill-paused` when it is, and what `moveDrill` throws. */
export function pauseDrill(context: ServiceContext, { params, body }: EndpointInput<typeof contract>): Promise<DrillDetailDto> {
  return moveDrill(context, params.id, { action: "drill.pause", allowed: { states, busy: true } }, async (tx, drill) => {
    await changeDrill(tx, context, drill, { set: { pausedAt: context.now() }, told: [{ code: "paused", params: { note: body.note } }] });
    return { note: body.note };
  });
}
