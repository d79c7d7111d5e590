import { and, desc, gt, isNull, sql } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { workers } from "#lib/db/schema/workers";

/** A worker writes its row every few seconds; after this long in silence it counts as gone. */
export const workerSilentSeconds = 60;
/** A worker that died is shown for a day, so that it is noticed. */
const shownForHours = 24;

export type WorkerRow = typeof workers.$inferSelect & { readonly alive: boolean };

/** Workers that have not been stopped, the last heard of first. Ages are measured by the catalogue's clock, which wrote them. */
export async function loadWorkers(db: Database | Transaction): Promise<WorkerRow[]> {
  const rows = await db
    .select({
      worker: workers,
      alive: sql<boolean>`${workers.heartbeatAt} > clock_timestamp() - make_interval(secs => ${workerSilentSeconds})`,
    })
    .from(workers)
    .where(and(isNull(workers.stoppedAt), gt(workers.heartbeatAt, sql`clock_timestamp() - make_interval(hours => ${shownForHours})`)))
    .orderBy(desc(workers.heartbeatAt), desc(workers.id));
  return rows.map(({ worker, alive }) => Object.assign(worker, { alive }));
}
