import { and, eq, gt, inArray, isNull, sql } from "drizzle-orm";
import { setTimeout as delay } from "node:timers/promises";
import { runs } from "#lib/db/schema/runs";
import { workers } from "#lib/db/schema/workers";
import { LifeboatError } from "#lib/domain/error";
import { isActive } from "#lib/domain/run-state";
import type { ServiceContext } from "../context.ts";
import { failureOf, type RunRow } from "./start.ts";

const pollMs = 100;
/** A probe that nobody took for this long is worth asking whether somebody is there. */
const patienceMs = 1_000;
/** A worker writes its row every few seconds; after this long it counts as gone. */
const workerSilentSeconds = 60;

/**
 * Waits until a worker has answered a probe, and gives its `output`. Call after the transaction that started it and after `wake`.
 * Throws the probe's own failure; `no-worker` { group } when nobody of the group is alive to answer, `probe-timeout` { seconds }
 * when the answer takes too long (the probe is then cancelled).
 */
export async function awaitProbe(
  context: ServiceContext,
  runId: string,
  options: { timeoutMs: number; signal?: AbortSignal },
): Promise<Record<string, unknown>> {
  const started = performance.now();
  for (;;) {
    const [run] = await context.db.select().from(runs).where(eq(runs.id, runId));
    if (run === undefined) throw new LifeboatError("not-found", { entity: "run", id: runId });
    if (!isActive(run.state)) {
      if (run.state === "succeeded") return run.output ?? {};
      const failure = failureOf(run);
      throw new LifeboatError(failure.code, failure.params);
    }
    const now = performance.now();
    if (run.state === "queued" && now >= started + patienceMs && !(await hasWorker(context, run.workerGroup))) {
      await abandon(context, run);
      throw new LifeboatError("no-worker", { group: run.workerGroup });
    }
    if (now >= started + options.timeoutMs || options.signal?.aborted === true) {
      await abandon(context, run);
      throw new LifeboatError("probe-timeout", { seconds: Math.round(options.timeoutMs / 1000) });
    }
    await delay(pollMs);
  }
}

/** Nobody waits for the answer any more. */
async function abandon(context: ServiceContext, run: RunRow): Promise<void> {
  const now = sql`clock_timestamp()`;
  await context.db
    .update(runs)
    .set({ state: "cancelled", finishedAt: now, cancelRequestedAt: now, error: { code: "run-cancelled", params: {} } })
    .where(and(eq(runs.id, run.id), eq(runs.state, "queued")));
  await context.db
    .update(runs)
    .set({ cancelRequestedAt: now })
    .where(and(eq(runs.id, run.id), inArray(runs.state, ["running"])));
}

/** True when some worker of the group wrote its row lately. */
export async function hasWorker(context: Pick<ServiceContext, "db">, group: string): Promise<boolean> {
  const [row] = await context.db
    .select({ id: workers.id })
    .from(workers)
    .where(
      and(
        eq(workers.group, group),
        isNull(workers.stoppedAt),
        gt(workers.heartbeatAt, sql`clock_timestamp() - make_interval(secs => ${workerSilentSeconds})`),
      ),
    )
    .limit(1);
  return row !== undefined;
}
