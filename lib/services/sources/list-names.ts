import { and, asc, eq, inArray, isNull, sql } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/sources";
import { runs } from "#lib/db/schema/runs";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { isDeserted } from "../runs/served.ts";

/** Far beyond what anybody chooses from by eye; an answer must end somewhere. */
const mostNames = 5000;

/** Every source by name, without what its backups tell: for filters and menus. */
export async function listSourceNames(
  context: ServiceContext,
  _input: EndpointInput<typeof contract.listSourceNames>,
): Promise<EndpointOutput<typeof contract.listSourceNames>> {
  authorise(context, "sources:read");
  const active = and(
    eq(runs.sourceId, sources.id),
    eq(runs.type, "backup"),
    inArray(runs.state, ["queued", "running"]),
    sql`not ${isDeserted()}`,
  );
  const items = await context.db
    .select({
      id: sources.id,
      name: sources.name,
      engine: sources.engine,
      serverName: servers.name,
      path: sources.path,
      paused: sql<boolean>`${sources.pausedAt} is not null`,
      activeRunId: runs.id,
    })
    .from(sources)
    .leftJoin(servers, eq(servers.id, sources.serverId))
    .leftJoin(runs, active)
    .where(isNull(sources.removedAt))
    .orderBy(asc(sql`lower(${sources.name})`), asc(sources.id))
    .limit(mostNames);
  return { items };
}
