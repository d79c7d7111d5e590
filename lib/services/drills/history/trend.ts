import { desc, eq, sql } from "drizzle-orm";
import type * as contract from "#lib/contracts/drill-history";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import { drills } from "#lib/db/schema/drills";
import { sources } from "#lib/db/schema/sources";
import { authorise } from "../../authorise.ts";
import type { ServiceContext } from "../../context.ts";
import { clockOf } from "../clock.ts";
import type { DrillRow } from "../rows.ts";
import { isClosed } from "./list.ts";

type Trend = EndpointOutput<typeof contract.drillTrend>;

/** Recovery times of the newest closed drills, oldest first; the share that passed is of all that were ever closed. */
export async function drillTrend(context: ServiceContext, { query }: EndpointInput<typeof contract.drillTrend>): Promise<Trend> {
  authorise(context, "drills:read");
  const { db } = context;
  const [newest, [counted]] = await Promise.all([
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
  ]);
  return {
    points: newest.toReversed().flatMap(({ drill, sourceName }) => pointOf(drill, sourceName)),
    closed: counted?.closed ?? 0,
    passed: counted?.passed ?? 0,
  };
}

function pointOf(drill: DrillRow, sourceName: string): Trend["points"] {
  const { id: drillId, sourceId, closedAt, verdict, recoveryTimeSeconds } = drill;
  if (closedAt === null || verdict === null) return [];
  const recoveryMs = drill.clockStoppedAt === null ? null : clockOf(drill, closedAt).elapsedMs;
  return [{ drillId, sourceId, sourceName, closedAt: closedAt.toISOString(), verdict, recoveryMs, recoveryTimeSeconds }];
}
