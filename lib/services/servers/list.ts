import { and, isNull, sql } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/servers";
import { servers } from "#lib/db/schema/servers";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { countCapped, keysetAfter, keysetOrderBy, type KeysetOrder, pageRows } from "../keyset.ts";
import { anyContains } from "../search-text.ts";
import { toServerDto } from "./dto.ts";
import { sourceCount } from "./load.ts";

const loweredName = sql<string>`lower(${servers.name})`;
const byName: KeysetOrder = { sort: "name", column: loweredName, id: servers.id, direction: "ascending", cast: "text" };

/** Servers by name, letter case aside. */
export async function listServers(
  context: ServiceContext,
  input: EndpointInput<typeof contract.listServers>,
): Promise<EndpointOutput<typeof contract.listServers>> {
  authorise(context, "servers:read");
  const { q, limit, after } = input.query;
  const where = and(isNull(servers.removedAt), anyContains([servers.name, servers.host, servers.notes], q));
  const [found, counted] = await Promise.all([
    context.db
      .select({ server: servers, sourceCount, loweredName })
      .from(servers)
      .where(and(where, keysetAfter(byName, after)))
      .orderBy(...keysetOrderBy(byName))
      .limit(limit + 1),
    countCapped(context.db, sql`${servers}`, where),
  ]);
  const page = pageRows(found, limit, byName, (row) => ({ value: row.loweredName, id: row.server.id }));
  return { items: page.rows.map((row) => toServerDto(row.server, row)), next: page.next, ...counted };
}
