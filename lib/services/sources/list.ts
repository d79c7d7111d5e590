import { and, eq, isNull, sql } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/sources";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { countCapped, keysetAfter, keysetOrderBy, type KeysetOrder, pageRows } from "../keyset.ts";
import { anyContains } from "../search-text.ts";
import { toSourceDtos } from "./load.ts";
import { loadStrips } from "./strips.ts";

const loweredName = sql<string>`lower(${sources.name})`;
const byName: KeysetOrder = { sort: "name", column: loweredName, id: sources.id, direction: "ascending", cast: "text" };

/** Sources by name, letter case aside, each with its 30-day strip. */
export async function listSources(
  context: ServiceContext,
  input: EndpointInput<typeof contract.listSources>,
): Promise<EndpointOutput<typeof contract.listSources>> {
  authorise(context, "sources:read");
  const { q, server, environment, limit, after } = input.query;
  const where = and(
    isNull(sources.removedAt),
    server === undefined ? undefined : eq(sources.serverId, server),
    environment === undefined ? undefined : eq(sources.environment, environment),
    anyContains([sources.name, sources.database, sources.slug, sources.path, servers.name], q),
  );
  const [found, counted] = await Promise.all([
    context.db
      .select({ source: sources, server: servers, loweredName })
      .from(sources)
      .leftJoin(servers, eq(servers.id, sources.serverId))
      .where(and(where, keysetAfter(byName, after)))
      .orderBy(...keysetOrderBy(byName))
      .limit(limit + 1),
    countCapped(context.db, sql`${sources} left join ${servers} on ${servers.id} = ${sources.serverId}`, where),
  ]);
  const page = pageRows(found, limit, byName, (row) => ({ value: row.loweredName, id: row.source.id }));
  const ids = page.rows.map((row) => row.source.id);
  const [items, stripOf] = await Promise.all([
    toSourceDtos(context.db, page.rows, context.now()),
    loadStrips(context.db, ids, context.now()),
  ]);
  return { items: items.map((item) => Object.assign(item, { strip: stripOf(item.id) })), next: page.next, ...counted };
}
