import { and, asc, desc, eq, isNull, sql } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/system";
import { backups } from "#lib/db/schema/backups";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import { authorise } from "../authorise.ts";
import { isListed } from "../backups/good.ts";
import type { ServiceContext } from "../context.ts";
import { anyContains, searchTextContains } from "../search-text.ts";

const mostPerKind = 8;

/** Sources, servers and backups by name for the command menu, eight of each at most; without a text the first by name. */
export async function searchEverything(
  context: ServiceContext,
  input: EndpointInput<typeof contract.searchEverything>,
): Promise<EndpointOutput<typeof contract.searchEverything>> {
  authorise(context, "sources:read");
  const { q } = input.query;
  const [foundSources, foundServers, foundBackups] = await Promise.all([
    context.db
      .select({ id: sources.id, name: sources.name, serverName: servers.name, path: sources.path })
      .from(sources)
      .leftJoin(servers, eq(servers.id, sources.serverId))
      .where(and(isNull(sources.removedAt), anyContains([sources.name, sources.database, sources.slug, sources.path, sources.id], q)))
      .orderBy(asc(sql`lower(${sources.name})`), asc(sources.id))
      .limit(mostPerKind),
    context.db
      .select({ id: servers.id, name: servers.name })
      .from(servers)
      .where(and(isNull(servers.removedAt), anyContains([servers.name, servers.host, servers.id], q)))
      .orderBy(asc(sql`lower(${servers.name})`), asc(servers.id))
      .limit(mostPerKind),
    context.db
      .select({
        id: backups.id,
        sourceName: sources.name,
        label: backups.label,
        snapshotAt: backups.snapshotAt,
        type: backups.createdByType,
        byId: backups.createdById,
        byName: backups.createdByName,
      })
      .from(backups)
      .innerJoin(sources, eq(sources.id, backups.sourceId))
      .where(and(isListed, searchTextContains(backups.searchText, q)))
      .orderBy(desc(backups.snapshotAt), desc(backups.id))
      .limit(mostPerKind),
  ]);
  return {
    sources: foundSources,
    servers: foundServers,
    backups: foundBackups.map((row) => ({
      id: row.id,
      sourceName: row.sourceName,
      label: row.label,
      snapshotAt: row.snapshotAt.toISOString(),
      createdBy: { type: row.type, id: row.byId, name: row.byName },
    })),
  };
}
