import { and, eq, isNotNull, isNull, not, type SQL, sql } from "drizzle-orm";
import type * as contract from "#lib/contracts/chains";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import { chains } from "#lib/db/schema/chains";
import { sources } from "#lib/db/schema/sources";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { oneOf } from "../one-of.ts";
import { countCapped, keysetAfter, keysetOrderBy, type KeysetOrder, pageRows } from "../keyset.ts";
import { countByChain, loadBroken } from "./broken.ts";
import { toChainDtos } from "./dto.ts";

const newestFirst: KeysetOrder = {
  sort: "-createdAt",
  column: chains.createdAt,
  id: chains.id,
  direction: "descending",
  cast: "timestamptz",
};

function hasState(
  state: EndpointInput<typeof contract.listChains>["query"]["state"],
  broken: ReadonlyMap<string, number>,
): SQL | undefined {
  const isBroken = oneOf(chains.id, [...broken.keys()]);
  switch (state) {
    case undefined:
      return undefined;
    case "broken":
      return isBroken;
    case "retired":
      return and(isNotNull(chains.retiredAt), not(isBroken));
    case "whole":
      return and(isNull(chains.retiredAt), not(isBroken));
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
  const broken = countByChain(await loadBroken(context.db));
  const where = and(source === undefined ? undefined : eq(chains.sourceId, source), hasState(state, broken));
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
  return { items: await toChainDtos(context.db, page.rows, broken), next: page.next, ...counted };
}
