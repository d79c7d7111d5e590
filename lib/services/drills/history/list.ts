import { and, eq, gte, inArray, lt, lte, notInArray, sql, type SQL } from "drizzle-orm";
import type * as contract from "#lib/contracts/drill-history";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import { drills } from "#lib/db/schema/drills";
import { authorise } from "../../authorise.ts";
import type { ServiceContext } from "../../context.ts";
import { countCapped, keysetAfter, keysetOrderBy, type KeysetOrder, pageRows } from "../../keyset.ts";
import { toDrillDtos } from "../dto.ts";

type Query = EndpointInput<typeof contract.listDrills>["query"];

const newestFirst: KeysetOrder = {
  sort: "-startedAt",
  column: drills.startedAt,
  id: drills.id,
  direction: "descending",
  cast: "timestamptz",
};

/** Drills, newest first. `from` and `to` are of their start, both included. */
export async function listDrills(
  context: ServiceContext,
  { query }: EndpointInput<typeof contract.listDrills>,
): Promise<EndpointOutput<typeof contract.listDrills>> {
  authorise(context, "drills:read");
  const { limit, after } = query;
  const where = and(...conditions(query));
  const [found, counted] = await Promise.all([
    context.db
      .select()
      .from(drills)
      .where(and(where, keysetAfter(newestFirst, after)))
      .orderBy(...keysetOrderBy(newestFirst))
      .limit(limit + 1),
    countCapped(context.db, sql`${drills}`, where),
  ]);
  const page = pageRows(found, limit, newestFirst, ({ startedAt, id }) => ({ value: startedAt.toISOString(), id }));
  return { items: await toDrillDtos(context.db, page.rows, context.now()), next: page.next, ...counted };
}

function conditions({ source, state, verdict, from, to }: Query): (SQL | undefined)[] {
  return [
    source === undefined ? undefined : eq(drills.sourceId, source),
    stateCondition(state),
    verdict === undefined ? undefined : eq(drills.verdict, verdict),
    from === undefined ? undefined : gte(drills.startedAt, new Date(from)),
    to === undefined ? undefined : lte(drills.startedAt, new Date(to)),
  ];
}

function stateCondition(state: Query["state"]): SQL | undefined {
  switch (state) {
    case undefined:
      return undefined;
    case "open":
      return notInArray(drills.state, ["closed", "aborted"]);
    case "closed":
    case "aborted":
      return eq(drills.state, state);
  }
}

/** Rows of drills that began in a year of UTC. */
export function beganIn(year: number): SQL | undefined {
  return and(gte(drills.startedAt, new Date(Date.UTC(year, 0, 1))), lt(drills.startedAt, new Date(Date.UTC(year + 1, 0, 1))));
}

/** Closed with a verdict, of one source or of all. */
export function isClosed(source: string | undefined): SQL | undefined {
  return and(
    eq(drills.state, "closed"),
    inArray(drills.verdict, ["passed", "passed-with-findings", "failed"]),
    source === undefined ? undefined : eq(drills.sourceId, source),
  );
}
