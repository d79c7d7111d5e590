import type { DrillDetailDto, resumeDrill as contract } from "#lib/contracts/drills";
import type { EndpointInput } from "#lib/contracts/endpoint";
import { LifeboatError } from "#lib/domain/error";
import type { ServiceContext } from "../context.ts";
import { changeDrill } from "./change.ts";
import { pausedMsAfter } from "./clock.ts";
import { goOn } from "./go-on.ts";
import { moveDrill } from "./move.ts";

const states = ["preparing", "prepared", "restoring", "restore-failed", "validating"] as const;

/** Goes on after a pause, with what would have followed by itself. Throws `drill-state` when it is not paused, and what `moveDrill` throws. */
export function resumeDrill(context: ServiceContext, { params }: EndpointInput<typeof contract>): Promise<DrillDetailDto> {
  return moveDrill(context, params.id, { action: "drill.resume", allowed: { states, busy: true, paused: true } }, async (tx, drill) => {
    if (drill.pausedAt === null) throw new LifeboatError("drill-state", { state: drill.state });
    const now = context.now();
    const pausedMs = pausedMsAfter(drill, now);
    const seconds = Math.round((now.getTime() - drill.pausedAt.getTime()) / 1000);
    const resumed = await changeDrill(tx, context, drill, {
      set: { pausedAt: null, pausedMs },
      told: [{ code: "resumed", params: { seconds } }],
    });
    await goOn(tx, context, resumed);
    return { seconds };
  });
}
