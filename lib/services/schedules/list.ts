import { and, eq, isNull, sql } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type { listSchedules as contract } from "#lib/contracts/schedules";
import { schedules } from "#lib/db/schema/schedules";
import { sources } from "#lib/db/schema/sources";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { countCapped, keysetAfter, keysetOrderBy, type KeysetOrder, pageRows } from "../keyset.ts";
import { readCatalogueClock } from "./clock.ts";
import { toScheduleDtos } from "./dto.ts";

/** Those that are off come last: to the keyset they are due at the end of all time. */
const dueAt = sql<string>`coalesce(to_char(${schedules.nextDueAt} at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS'), '9')`;
const nextFirst: KeysetOrder = { sort: "nextDueAt", column: dueAt, id: schedules.id, direction: "ascending", cast: "text" };

/** Schedules, the next due first; all of one source fit on a page. */
export async function listSchedules(
  context: ServiceContext,
  { query }: EndpointInput<typeof contract>,
): Promise<EndpointOutput<typeof contract>> {
  authorise(context, "policies:read");
  const where = and(isNull(sources.removedAt), query.source === undefined ? undefined : eq(schedules.sourceId, query.source));
  const [found, counted, now] = await Promise.all([
    context.db
      .select({
        schedule: schedules,
        source: { name: sources.name, pausedAt: sources.pausedAt, pausedUntil: sources.pausedUntil },
        dueAt,
      })
      .from(schedules)
      .innerJoin(sources, eq(sources.id, schedules.sourceId))
      .where(and(where, keysetAfter(nextFirst, query.after)))
      .orderBy(...keysetOrderBy(nextFirst))
      .limit(query.limit + 1),
    countCapped(context.db, sql`${schedules} join ${sources} on ${sources.id} = ${schedules.sourceId}`, where),
    readCatalogueClock(context.db),
  ]);
  const page = pageRows(found, query.limit, nextFirst, (row) => ({ value: row.dueAt, id: row.schedule.id }));
  return { items: await toScheduleDtos(context.db, page.rows, now), next: page.next, ...counted };
}
