import { and, asc, desc, eq, isNull, sql } from "drizzle-orm";
import type * as contract from "#lib/contracts/drill-history";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type { Database } from "#lib/db/client";
import { drills } from "#lib/db/schema/drills";
import { sources } from "#lib/db/schema/sources";
import { authorise } from "../../authorise.ts";
import type { ServiceContext } from "../../context.ts";
import { clockOf } from "../clock.ts";
import { readLast } from "../plan-facts.ts";
import type { DrillRow } from "../rows.ts";
import { isClosed } from "./list.ts";

type Trend = EndpointOutput<typeof contract.drillTrend>;

/** Recovery times of the newest closed drills, oldest first; the share that passed is of all that were ever closed. */
export async function drillTrend(context: ServiceContext, { query }: EndpointInput<typeof contract.drillTrend>): Promise<Trend> {
  authorise(context, "drills:read");
  const { db } = context;
  const [newest, [counted], proven] = await Promise.all([
    db
      .select({ drill: drills, sourceName: sources.name })
      .from(drills)
      .innerJoin(sources, eq(sources.id, drills.sourceId))
      .where(isClosed(query.source))
      .orderBy(desc(drills.closedAt), desc(drills.id))
      .limit(query.limit),
    db
      .select({
        closed: sql<number>`count(*)::int`,
        passed: sql<number>`(count(*) filter (where ${drills.verdict} <> 'failed'))::int`,
      })
      .from(drills)
      .where(isClosed(query.source)),
    provenSources(db, query.source),
  ]);
  return {
    points: newest.toReversed().flatMap(({ drill, sourceName }) => pointOf(drill, sourceName)),
    closed: counted?.closed ?? 0,
    passed: counted?.passed ?? 0,
    proven,
  };
}

function pointOf(drill: DrillRow, sourceName: string): Trend["points"] {
  const { id: drillId, sourceId, closedAt, verdict, recoveryTimeSeconds } = drill;
  if (closedAt === null || verdict === null) return [];
  const recoveryMs = drill.clockStoppedAt === null ? null : clockOf(drill, closedAt).elapsedMs;
  return [{ drillId, sourceId, sourceName, closedAt: closedAt.toISOString(), verdict, recoveryMs, recoveryTimeSeconds }];
}

async function provenSources(db: Database, source: string | undefined): Promise<Trend["proven"]> {
  const present = await db
    .select({ id: sources.id, name: sources.name })
    .from(sources)
    .where(and(isNull(sources.removedAt), source === undefined ? undefined : eq(sources.id, source)))
    .orderBy(asc(sources.name), asc(sources.id));
  const ids = present.map(({ id }) => id);
  const proven = await readLast(db, ids, true);
  return present.map(({ id, name }) => ({ sourceId: id, sourceName: name, at: proven.get(id)?.closedAt.toISOString() ?? null }));
}
