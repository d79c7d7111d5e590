import { and, eq, isNull, max, sql } from "drizzle-orm";
import type * as contract from "#lib/contracts/drill-history";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import { drills } from "#lib/db/schema/drills";
import { sources } from "#lib/db/schema/sources";
import { authorise } from "../../authorise.ts";
import type { ServiceContext } from "../../context.ts";
import { countCapped, keysetAfter, keysetOrderBy, type KeysetOrder, pageRows } from "../../keyset.ts";
import { isClosed } from "./list.ts";

/** When a backup of each source was last restored and found equal: the never proven first, by name, then the longest ago. */
export async function listProvenSources(
  context: ServiceContext,
  { query }: EndpointInput<typeof contract.listProvenSources>,
): Promise<EndpointOutput<typeof contract.listProvenSources>> {
  authorise(context, "drills:read");
  const { db } = context;
  const { source, limit, after } = query;
  const proof = db
    .select({ sourceId: drills.sourceId, at: max(drills.closedAt).as("at") })
    .from(drills)
    .where(and(isClosed(source), eq(drills.proven, true)))
    .groupBy(drills.sourceId)
    .as("proof");
  // Time and name as one text: a row comparison has no nulls first. "C", because other collations look past spaces and digits.
  const key = sql<string>`(
    coalesce(to_char(${proof.at} at time zone 'UTC', 'YYYYMMDDHH24MISSUS'), '') || ' ' || lower(${sources.name})
  ) collate "C"`;
  const longestAgo: KeysetOrder = { sort: "proven", column: key, id: sources.id, direction: "ascending", cast: "text" };
  const where = and(isNull(sources.removedAt), source === undefined ? undefined : eq(sources.id, source));
  const [found, counted] = await Promise.all([
    db
      .select({ id: sources.id, name: sources.name, at: proof.at, key })
      .from(sources)
      .leftJoin(proof, eq(proof.sourceId, sources.id))
      .where(and(where, keysetAfter(longestAgo, after)))
      .orderBy(...keysetOrderBy(longestAgo))
      .limit(limit + 1),
    countCapped(db, sql`${sources}`, where),
  ]);
  const page = pageRows(found, limit, longestAgo, ({ key: value, id }) => ({ value, id }));
  const items = page.rows.map(({ id, name, at }) => ({ sourceId: id, sourceName: name, at: at?.toISOString() ?? null }));
  return { items, next: page.next, ...counted };
}
