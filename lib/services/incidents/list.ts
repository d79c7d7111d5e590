import { and, eq, sql } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/incidents";
import { incidents } from "#lib/db/schema/incidents";
import { sources } from "#lib/db/schema/sources";
import { users } from "#lib/db/schema/users";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { countCapped, keysetAfter, keysetOrderBy, type KeysetOrder, pageRows } from "../keyset.ts";
import { toIncidentDto } from "./dto.ts";

/** State and time as one text, because a cursor holds one value: open ones first, then the newest. */
const rank = sql<string>`(case ${incidents.state} when 'open' then '1 ' else '0 ' end
  || to_char(${incidents.openedAt} at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS'))`;
const openFirst: KeysetOrder = { sort: "open,-openedAt", column: rank, id: incidents.id, direction: "descending", cast: "text" };

/** Incidents, open ones first, newest first. */
export async function listIncidents(
  context: ServiceContext,
  input: EndpointInput<typeof contract.listIncidents>,
): Promise<EndpointOutput<typeof contract.listIncidents>> {
  authorise(context, "incidents:read");
  const { state, severity, source, limit, after } = input.query;
  const where = and(
    state === undefined ? undefined : eq(incidents.state, state),
    severity === undefined ? undefined : eq(incidents.severity, severity),
    source === undefined ? undefined : eq(incidents.sourceId, source),
  );
  const [found, counted] = await Promise.all([
    context.db
      .select({ incident: incidents, sourceName: sources.name, assigneeName: users.name, rank })
      .from(incidents)
      .leftJoin(sources, eq(sources.id, incidents.sourceId))
      .leftJoin(users, eq(users.id, incidents.assigneeId))
      .where(and(where, keysetAfter(openFirst, after)))
      .orderBy(...keysetOrderBy(openFirst))
      .limit(limit + 1),
    countCapped(context.db, sql`${incidents}`, where),
  ]);
  const page = pageRows(found, limit, openFirst, (row) => ({ value: row.rank, id: row.incident.id }));
  return { items: page.rows.map(({ incident, ...joined }) => toIncidentDto(incident, joined)), next: page.next, ...counted };
}
