import type { DrillDetailDto, restoreDrill as contract } from "#lib/contracts/drills";
import type { EndpointInput } from "#lib/contracts/endpoint";
import { LifeboatError } from "#lib/domain/error";
import type { ServiceContext } from "../context.ts";
import { blockerOf } from "./go-on.ts";
import { moveDrill } from "./move.ts";
import { beginRestore } from "./phases.ts";

const allowed = { states: ["prepared", "restore-failed", "validating"] } as const;

/**
 * Starts the recovery clock and restores; again after a failure, or when the copy is gone or spoilt: the clock then goes on. Throws `drill-blocked`
 * { code } while something stands in the way, and what `moveDrill` throws.
 */
export function restoreDrill(context: ServiceContext, { params }: EndpointInput<typeof contract>): Promise<DrillDetailDto> {
  return moveDrill(context, params.id, { action: "drill.restore", allowed }, async (tx, drill) => {
    const blocker = drill.state === "prepared" ? blockerOf(drill) : null;
    if (blocker !== null) throw new LifeboatError("drill-blocked", { code: blocker.code });
    await beginRestore(tx, context, drill);
    return { backupId: drill.backupId, target: drill.target?.name ?? null, again: drill.state !== "prepared" };
  });
}
