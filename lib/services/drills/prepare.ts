import type { DrillDetailDto, prepareDrill as contract } from "#lib/contracts/drills";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type { ServiceContext } from "../context.ts";
import { changeDrill } from "./change.ts";
import { moveDrill } from "./move.ts";
import { queueDrillRun } from "./queue-run.ts";

/** Chooses and looks again, before anything is restored. Throws what `moveDrill` throws. */
export function prepareDrill(context: ServiceContext, { params, body }: EndpointInput<typeof contract>): Promise<DrillDetailDto> {
  return moveDrill(context, params.id, { action: "drill.prepare", allowed: { states: ["prepared"] } }, async (tx, drill) => {
    const wantedBackupId = body.backupId ?? drill.wantedBackupId;
    const wantedTarget = body.target ?? drill.wantedTarget;
    const preparing = await changeDrill(tx, context, drill, {
      to: "preparing",
      set: { wantedBackupId, wantedTarget, backupId: null, backup: null, target: null, preflight: null, problem: null },
    });
    await queueDrillRun(tx, context, preparing, { type: "drill-prepare" });
    return { backupId: wantedBackupId, target: wantedTarget.type };
  });
}
