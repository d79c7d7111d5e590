import { eq } from "drizzle-orm";
import type { abortDrill as contract, DrillDetailDto } from "#lib/contracts/drills";
import type { EndpointInput } from "#lib/contracts/endpoint";
import { runs } from "#lib/db/schema/runs";
import type { ServiceContext } from "../context.ts";
import { closeSteps } from "../runs/finish.ts";
import { databaseNow } from "../runs/lease.ts";
import { activeRuns } from "./change.ts";
import { moveDrill } from "./move.ts";
import { beginAbort } from "./phases.ts";

const states = ["preparing", "prepared", "restoring", "restore-failed", "validating"] as const;

/** Stops whatever runs, removes the copy and ends the drill without a verdict; also while it is paused. Throws what `moveDrill` throws. */
export function abortDrill(context: ServiceContext, { params, body }: EndpointInput<typeof contract>): Promise<DrillDetailDto> {
  const allowed = { states, busy: true, paused: true } as const;
  return moveDrill(context, params.id, { action: "drill.abort", allowed }, async (tx, drill) => {
    for (const run of await activeRuns(tx, drill.id)) {
      const error = { code: "run-cancelled", params: {} } as const;
      const [held] = await tx.select({ state: runs.state }).from(runs).where(eq(runs.id, run.id)).for("update");
      await tx.update(runs).set({ cancelRequestedAt: databaseNow }).where(eq(runs.id, run.id));
      if (held?.state !== "queued") continue;
      await tx.update(runs).set({ state: "cancelled", finishedAt: databaseNow, error }).where(eq(runs.id, run.id));
      await closeSteps(tx, run.id, { state: "cancelled", error });
    }
    await beginAbort(tx, context, drill, { code: "aborting", params: { reason: body.reason } });
    return { reason: body.reason, state: drill.state };
  });
}
