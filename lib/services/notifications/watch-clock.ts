import type { Transaction } from "#lib/db/client";
import { installation } from "#lib/db/schema/installation";
import type { ServiceContext } from "../context.ts";
import { openAlert, resolveAlert } from "./alerts.ts";

const alert = { code: "clock-suspect", subject: "installation" } as const;

/** Tells that the clock jumped, until somebody confirmed it. */
export async function watchClock(tx: Transaction, context: ServiceContext): Promise<void> {
  const [row] = await tx
    .select({ since: installation.clockSuspectSince, seconds: installation.clockJumpSeconds })
    .from(installation)
    .limit(1);
  if (row === undefined || row.since === null) await resolveAlert(tx, context, alert);
  else await openAlert(tx, context, { ...alert, sourceId: null, params: { seconds: row.seconds }, isState: true });
}
