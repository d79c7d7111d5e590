import { and, desc, eq, inArray, sql } from "drizzle-orm";
import type { backUpIfStale as contract } from "#lib/contracts/gates";
import type { EndpointOutput } from "#lib/contracts/endpoint";
import type { Database } from "#lib/db/client";
import { runs } from "#lib/db/schema/runs";
import { ageMs } from "#lib/domain/clock-tolerance";
import { LifeboatError } from "#lib/domain/error";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { isDeserted } from "../runs/served.ts";
import { findLastGoodAt } from "./last-good.ts";
import { startBackupRun } from "./run-now.ts";

export type StaleAnswer = EndpointOutput<typeof contract>;

/** After a backup that did not succeed the next one by this way waits so long, in seconds: callers come by the hundred. */
export const staleHoldSeconds = 600;

/**
 * Starts a backup of a source unless its last good one is younger. However many ask at once, in however many processes, one backup is started: the
 * freshness is looked at again under the run's own claim on the source. Throws `not-found`, `source-paused` { source }.
 */
export async function backUpIfStale(context: ServiceContext, request: { sourceId: string; maxAgeSeconds: number }): Promise<StaleAnswer> {
  authorise(context, "backups:create");
  const { sourceId, maxAgeSeconds } = request;
  const held = await findHold(context.db, sourceId);
  if (held !== null) return answer(context, "failed", await findLastGoodAt(context.db, sourceId), held);
  try {
    const { run, lastGoodAt } = await context.db.transaction(async (tx) => {
      const started = await startBackupRun(tx, context, { sourceId, reason: "stale", note: "", trigger: "stale" });
      // Nobody else's backup is active now. One that ended a moment ago is seen here, and then ours goes back.
      const at = await findLastGoodAt(tx, sourceId);
      if (isFresh(at, maxAgeSeconds, context.now())) throw new FreshAfterAll(at);
      return { run: started, lastGoodAt: at };
    });
    await context.wake(run.id, run.workerGroup);
    return answer(context, "started", lastGoodAt, run.id);
  } catch (error) {
    if (error instanceof FreshAfterAll) return answer(context, "fresh", error.lastGoodAt, null);
    if (!(error instanceof LifeboatError) || error.code !== "run-active") throw error;
    const runId = String(error.params["runId"]);
    return answer(
      context,
      (await isRunDeserted(context.db, runId)) ? "failed" : "running",
      await findLastGoodAt(context.db, sourceId),
      runId,
    );
  }
}

class FreshAfterAll extends Error {
  readonly lastGoodAt: Date | null;

  constructor(lastGoodAt: Date | null) {
    super("fresh after all");
    this.lastGoodAt = lastGoodAt;
  }
}

/** True while the last good backup is younger than asked for; one that a wrong clock dated later than now is of no known age. */
export function isFresh(lastGoodAt: Date | null, maxAgeSeconds: number, now: Date): boolean {
  const age = lastGoodAt === null ? null : ageMs(lastGoodAt, now);
  return age !== null && age < maxAgeSeconds * 1000;
}

/** The answer of a state, with the age as it is now; null where nobody knows it. */
export function staleAnswer(state: StaleAnswer["state"], lastGoodAt: Date | null, runId: string | null, now: Date): StaleAnswer {
  const age = lastGoodAt === null ? null : ageMs(lastGoodAt, now);
  return { state, lastGoodAt: lastGoodAt?.toISOString() ?? null, ageSeconds: age === null ? null : Math.floor(age / 1000), runId };
}

function answer(context: ServiceContext, state: StaleAnswer["state"], lastGoodAt: Date | null, runId: string | null): StaleAnswer {
  return staleAnswer(state, lastGoodAt, runId, context.now());
}

async function isRunDeserted(db: Database, id: string): Promise<boolean> {
  const [row] = await db.select({ deserted: isDeserted() }).from(runs).where(eq(runs.id, id));
  return row?.deserted === true;
}

/** The newest backup run, where it did not succeed a short while ago and nothing was tried since. */
async function findHold(db: Database, sourceId: string): Promise<string | null> {
  const [last] = await db
    .select({
      id: runs.id,
      held: sql<boolean>`${inArray(runs.state, ["failed", "cancelled"])}
        and ${runs.finishedAt} > clock_timestamp() - make_interval(secs => ${staleHoldSeconds})`,
    })
    .from(runs)
    .where(and(eq(runs.sourceId, sourceId), eq(runs.type, "backup")))
    .orderBy(desc(runs.queuedAt), desc(runs.id))
    .limit(1);
  return last?.held === true ? last.id : null;
}
