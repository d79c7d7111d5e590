import { and, eq, isNotNull, isNull, sql } from "drizzle-orm";
import type { Database } from "#lib/db/client";
import { schedules } from "#lib/db/schema/schedules";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import { defaultGroup } from "../runs/start.ts";

/** Groups that are to have a worker: the default one, for work on storage alone, and those that servers, sources and schedules which are on send their work to. */
export async function loadNamedGroups(db: Database): Promise<string[]> {
  const ofSchedule = db
    .select({ group: schedules.workerGroup })
    .from(schedules)
    .innerJoin(sources, and(eq(sources.id, schedules.sourceId), isNull(sources.removedAt)))
    .where(and(schedules.enabled, isNotNull(schedules.workerGroup)));
  const rows = await db
    .select({ group: sql<string | null>`${servers.workerGroup}` })
    .from(servers)
    .where(isNull(servers.removedAt))
    .union(db.select({ group: sources.workerGroup }).from(sources).where(isNull(sources.removedAt)))
    .union(ofSchedule);
  return [...new Set([defaultGroup, ...rows.flatMap(({ group }) => group ?? []).toSorted()])];
}
