import { and, eq, inArray, isNull, notExists } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { alerts } from "#lib/db/schema/alerts";
import { backups } from "#lib/db/schema/backups";
import { runSteps } from "#lib/db/schema/run-steps";
import { runs } from "#lib/db/schema/runs";
import { sources } from "#lib/db/schema/sources";
import { withReason } from "#lib/domain/alert-params";
import type { Params } from "#lib/domain/error";
import type { ServiceContext } from "../context.ts";
import { openAlert, resolveAlert } from "./alerts.ts";

const code = "clean-up-failed";

/** A clean-up ended without having done its work. One that only emptied the trash says nothing of the policy, and takes no word of it back. */
export async function cleanUpFailed(tx: Transaction, context: ServiceContext, sourceId: string, runId: string): Promise<void> {
  const [run] = await tx.select({ error: runs.error, input: runs.input }).from(runs).where(eq(runs.id, runId));
  const known = await openParams(tx, sourceId);
  const trashOnly = run?.input["purgeOnly"] === true && (known === null || known["trashOnly"] === true);
  await tell(tx, context, sourceId, withReason({ runId, trashOnly }, run?.error ?? null));
}

/** A clean-up did not start at its time; `reason` is its slot's. */
export async function cleanUpMissed(
  tx: Transaction,
  context: ServiceContext,
  sourceId: string,
  missed: { nominalAt: string | null; reason: string | null; group?: string },
): Promise<void> {
  await tell(tx, context, sourceId, { ...missed, trashOnly: false });
}

/** A clean-up came to its good end: nothing is told any more, unless a wrong clock held everything back. */
export async function cleanUpSucceeded(tx: Transaction, context: ServiceContext, sourceId: string, runId: string): Promise<void> {
  const [run] = await tx.select({ input: runs.input }).from(runs).where(eq(runs.id, runId));
  const [step] = await tx
    .select({ facts: runSteps.facts })
    .from(runSteps)
    .where(and(eq(runSteps.runId, runId), eq(runSteps.code, "trash")));
  if (step?.facts["heldByClock"] === true) return tell(tx, context, sourceId, { runId, clock: true, trashOnly: false });
  if (run?.input["purgeOnly"] === true && (await openParams(tx, sourceId))?.["trashOnly"] !== true) return;
  await resolveAlert(tx, context, { code, subject: sourceId });
}

/** Ends what nobody will ever clean up again: sources that keep everything, with nothing in their trash. Nobody is told. */
export async function watchCleanUps(tx: Transaction, context: ServiceContext): Promise<void> {
  const inTrash = tx
    .select({ id: backups.id })
    .from(backups)
    .where(and(eq(backups.sourceId, sources.id), inArray(backups.state, ["trashed", "deleting"])));
  const left = await tx
    .select({ sourceId: sources.id })
    .from(alerts)
    .innerJoin(sources, and(eq(sources.id, alerts.sourceId), isNull(sources.retentionPolicyId)))
    .where(and(eq(alerts.code, code), isNull(alerts.resolvedAt), notExists(inTrash)));
  for (const { sourceId } of left) await resolveAlert(tx, context, { code, subject: sourceId, silently: true });
}

async function tell(tx: Transaction, context: ServiceContext, sourceId: string, params: Params): Promise<void> {
  await openAlert(tx, context, { code, subject: sourceId, sourceId, params });
}

/** What the open alert of a source knows; null when none is. */
async function openParams(tx: Transaction, sourceId: string): Promise<Params | null> {
  const [open] = await tx
    .select({ params: alerts.params })
    .from(alerts)
    .where(and(eq(alerts.key, `${code}:${sourceId}`), isNull(alerts.resolvedAt)));
  return open?.params ?? null;
}
