import { and, eq } from "drizzle-orm";
import type { DrillDetailDto } from "#lib/contracts/drills";
import type { Transaction } from "#lib/db/client";
import { runs } from "#lib/db/schema/runs";
import type { Fields } from "#lib/domain/changed-fields";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { type Allowed, holdDrill } from "./change.ts";
import { loadDrillDetail } from "./detail.ts";
import type { DrillRow } from "./rows.ts";

/**
 * What every button of a drill's wizard shares: authorises, holds the row, changes it by `work`, writes the audit row in the same transaction,
 * wakes a worker. `work` gives what the audit row tells. Throws what `holdDrill` throws.
 */
export async function moveDrill(
  context: ServiceContext,
  id: string,
  { action, allowed }: { action: string; allowed: Allowed },
  work: (tx: Transaction, drill: DrillRow) => Promise<Fields>,
): Promise<DrillDetailDto> {
  authorise(context, "drills:operate");
  await context.db.transaction(async (tx) => {
    const drill = await holdDrill(tx, context, id, allowed);
    const after = await work(tx, drill);
    await recordAudit(tx, context, { action, targetType: "drill", targetId: id, targetName: drill.backup?.fileName ?? id, after });
  });
  await wakeRuns(context, id);
  return loadDrillDetail(context.db, id, context.now());
}

/** Wakes workers for whatever a drill waits for. */
export async function wakeRuns(context: ServiceContext, drillId: string): Promise<void> {
  const waiting = await context.db
    .select({ id: runs.id, group: runs.workerGroup })
    .from(runs)
    .where(and(eq(runs.drillId, drillId), eq(runs.state, "queued")));
  for (const { id, group } of waiting) await context.wake(id, group);
}
