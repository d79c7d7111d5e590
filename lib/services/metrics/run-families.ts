import { and, count, eq, gt, inArray, isNotNull, lte, min, sql } from "drizzle-orm";
import type { Database } from "#lib/db/client";
import { runs } from "#lib/db/schema/runs";
import { durationBuckets } from "#lib/domain/metric-names";
import type { Distribution, Family } from "#lib/domain/prometheus-text";

/** Ended runs of one type and state. `counts` has one more place than there are bounds. */
type Totals = { readonly type: string; readonly state: string; ended: number; readonly counts: number[]; sum: number };
type Group = { type: string; state: string; bucket: number | null; ended: number; seconds: number };

/** What ended longer ago than this is counted once and remembered: nobody commits the end of a run so much later than its time. */
const settledAfterMs = 10 * 60_000;

/** What each process has counted for good, by the catalogue that it reads. */
const remembered = new WeakMap<Database, { until: Date; totals: Map<string, Totals> }>();

/** Counted by the index on the end of runs, so that only what ended lately is read again. */
async function readEnded(db: Database, after: Date | null, until: Date | null): Promise<Group[]> {
  const seconds = sql`extract(epoch from ${runs.finishedAt} - ${runs.startedAt})`;
  return db
    .select({
      type: runs.type,
      state: runs.state,
      bucket: sql<number | null>`width_bucket(${seconds}::float8, ${sql.raw(`array[${durationBuckets.join(",")}]::float8[]`)})`.as(
        "bucket",
      ),
      ended: count(),
      seconds: sql<number>`coalesce(sum(${seconds}), 0)::float8`,
    })
    .from(runs)
    .where(
      and(
        eq(runs.isProbe, false),
        isNotNull(runs.finishedAt),
        after === null ? undefined : gt(runs.finishedAt, after),
        until === null ? undefined : lte(runs.finishedAt, until),
      ),
    )
    .groupBy(runs.type, runs.state, sql`bucket`);
}

function add(totals: Map<string, Totals>, groups: readonly Group[]): Map<string, Totals> {
  for (const { type, state, bucket, ended, seconds } of groups) {
    const key = `${type} ${state}`;
    const known = totals.get(key) ?? { type, state, ended: 0, counts: Array.from({ length: durationBuckets.length + 1 }, () => 0), sum: 0 };
    known.ended += ended;
    if (bucket !== null) {
      known.counts[bucket] = (known.counts[bucket] ?? 0) + ended;
      known.sum += seconds;
    }
    totals.set(key, known);
  }
  return totals;
}

const copyOf = (totals: ReadonlyMap<string, Totals>) =>
  new Map([...totals].map(([key, known]): [string, Totals] => [key, { ...known, counts: [...known.counts] }]));

/** All runs that have ended, by type and state. The first question of a process reads all of them, later ones the last minutes. */
async function loadTotals(db: Database, now: Date): Promise<Totals[]> {
  const known = remembered.get(db) ?? { until: null, totals: new Map<string, Totals>() };
  const until = new Date(now.getTime() - settledAfterMs);
  // A clock that went back must not count twice.
  const isLater = known.until === null || until > known.until;
  const settled = isLater ? add(copyOf(known.totals), await readEnded(db, known.until, until)) : known.totals;
  const settledUntil = isLater ? until : known.until;
  if (isLater) remembered.set(db, { until, totals: settled });
  return [...add(copyOf(settled), await readEnded(db, settledUntil, null)).values()].toSorted((left, right) =>
    `${left.type} ${left.state}`.localeCompare(`${right.type} ${right.state}`),
  );
}

/** Runs by state and by how long they took, and what waits for a worker. */
export async function readRunFamilies(db: Database, now: Date): Promise<Family[]> {
  const [totals, active] = await Promise.all([
    loadTotals(db, now),
    db
      .select({ type: runs.type, state: runs.state, group: runs.workerGroup, number: count(), oldest: min(runs.queuedAt) })
      .from(runs)
      .where(and(inArray(runs.state, ["queued", "running"]), eq(runs.isProbe, false)))
      .groupBy(runs.type, runs.state, runs.workerGroup),
  ]);
  const queued = [
    ...Map.groupBy(
      active.filter(({ state }) => state === "queued"),
      ({ group }) => group,
    ),
  ];
  const byState = [...Map.groupBy(active, ({ type, state }) => `${type} ${state}`).values()];
  const distributions = totals.map(({ type, state, counts, sum }): Distribution => ({ labels: [type, state], counts, sum }));
  return [
    {
      name: "lifeboat_runs_active",
      samples: byState.map((rows) => [[rows[0]?.type ?? "", rows[0]?.state ?? ""], rows.reduce((sum, row) => sum + row.number, 0)]),
    },
    { name: "lifeboat_runs_total", samples: totals.map(({ type, state, ended }) => [[type, state], ended]) },
    { name: "lifeboat_run_duration_seconds", distributions: distributions.filter(({ counts }) => counts.some((number) => number > 0)) },
    { name: "lifeboat_queue_depth", samples: queued.map(([group, rows]) => [[group], rows.reduce((sum, row) => sum + row.number, 0)]) },
    {
      name: "lifeboat_queue_oldest_seconds",
      samples: queued.map(([group, rows]) => {
        const oldest = Math.min(...rows.map((row) => row.oldest?.getTime() ?? now.getTime()));
        return [[group], Math.max(0, (now.getTime() - oldest) / 1000)];
      }),
    },
  ];
}
