import { and, eq, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import type * as contract from "#lib/contracts/chains";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import { chains } from "#lib/db/schema/chains";
import { sources } from "#lib/db/schema/sources";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { countCapped, keysetAfter, keysetOrderBy, type KeysetOrder, pageRows } from "../keyset.ts";
import { brokenChainIds } from "./broken.ts";
import { toChainDtos } from "./dto.ts";

const newestFirst: KeysetOrder = {
  sort: "-createdAt",
  column: chains.createdAt,
  id: chains.id,
  direction: "descending",
  cast: "timestamptz",
};

function hasState(state: EndpointInput<typeof contract.listChains>["query"]["state"]): SQL | undefined {
  switch (state) {
    case undefined:
      return undefined;
    case "broken":
      return sql`${chains.id} in ${brokenChainIds}`;
    case "retired":
      return and(isNotNull(chains.retiredAt), sql`${chains.id} not in ${brokenChainIds}`);
    case "whole":
      return and(isNull(chains.retiredAt), sql`${chains.id} not in ${brokenChainIds}`);
    default:
      return state satisfies never;
  }
}

/** Chains, newest first. The total may count one whose first backup is just being written; it is not shown. */
export async function listChains(
  context: ServiceContext,
  input: EndpointInput<typeof contract.listChains>,
): Promise<EndpointOutput<typeof contract.listChains>> {
  authorise(context, "backups:read");
  const { source, state, limit, after } = input.query;
  const where = and(source === undefined ? undefined : eq(chains.sourceId, source), hasState(state));
  const [found, counted] = await Promise.all([
    context.db
      .select({ chain: chains, sourceName: sources.name })
      .from(chains)
      .innerJoin(sources, eq(sources.id, chains.sourceId))
      .where(and(where, keysetAfter(newestFirst, after)))
      .orderBy(...keysetOrderBy(newestFirst))
      .limit(limit + 1),
    countCapped(context.db, sql`${chains}`, where),
  ]);
  const page = pageRows(found, limit, newestFirst, ({ chain }) => ({ value: chain.createdAt.toISOString(), id: chain.id }));
  return { items: await toChainDtos(context.db, page.rows), next: page.next, ...counted };
}
