import { and, desc, eq, inArray, isNull } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { runs } from "#lib/db/schema/runs";
import { sources } from "#lib/db/schema/sources";
import type { ServiceContext } from "../context.ts";
import type { RunRow } from "../runs/start.ts";
import { openIncidentBySystem } from "./open-by-system.ts";

/**
 * Opens (or joins) an incident when the newest `incidentAfterFailures` backups of the run's source have failed, this one with them. A good one
 * in between begins the count anew; cancelled ones are passed over. Call it in the transaction that ended the run as failed. Null where
 * nothing is to be opened: another type of run, too few failures, a source that is removed or the sample.
 */
export async function openAfterFailures(
  tx: Transaction,
  context: ServiceContext,
  run: Pick<RunRow, "id" | "type" | "sourceId">,
): Promise<{ id: string; joined: boolean } | null> {
  if (run.type !== "backup" || run.sourceId === null) return null;
  const [source] = await tx
    .select({ id: sources.id, name: sources.name, environment: sources.environment, limit: sources.incidentAfterFailures })
    .from(sources)
    .where(and(eq(sources.id, run.sourceId), isNull(sources.removedAt), eq(sources.isSample, false)));
  if (source === undefined || source.limit === null) return null;
  const newest = await tx
    .select({ id: runs.id, state: runs.state })
    .from(runs)
    .where(and(eq(runs.sourceId, source.id), eq(runs.type, "backup"), inArray(runs.state, ["succeeded", "failed"])))
    .orderBy(desc(runs.queuedAt), desc(runs.id))
    .limit(source.limit);
  if (newest.length < source.limit || newest.some(({ state }) => state !== "failed")) return null;
  return openIncidentBySystem(tx, context, {
    kind: "backup-failed",
    sourceId: source.id,
    drillId: null,
    // Oldest first; those that an open incident has already are not linked twice.
    runIds: newest.map(({ id }) => id).toReversed(),
    title: `Backups of ${source.name} fail`,
    severity: source.environment === "production" ? "high" : "medium",
  });
}
