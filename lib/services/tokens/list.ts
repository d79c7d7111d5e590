import { and, eq, sql } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/tokens";
import { apiTokens } from "#lib/db/schema/api-tokens";
import { users } from "#lib/db/schema/users";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { countCapped, keysetAfter, keysetOrderBy, type KeysetOrder, pageRows } from "../keyset.ts";
import { anyContains } from "../search-text.ts";
import { hasTokenState, selectTokens, toTokenDto } from "./token-dto.ts";

const newestFirst: KeysetOrder = {
  sort: "-createdAt",
  column: apiTokens.createdAt,
  id: apiTokens.id,
  direction: "descending",
  cast: "timestamptz",
};

/** API tokens, newest first, in every state; neither values nor digests. */
export async function listTokens(
  context: ServiceContext,
  input: EndpointInput<typeof contract.listTokens>,
): Promise<EndpointOutput<typeof contract.listTokens>> {
  authorise(context, "tokens:manage");
  const { state, q, limit, after } = input.query;
  const now = context.now();
  const where = and(
    state === undefined ? undefined : hasTokenState(state, now),
    anyContains([apiTokens.name, apiTokens.hint, sql`coalesce(${users.name}, '')`], q),
  );
  const [found, counted] = await Promise.all([
    selectTokens(context.db)
      .where(and(where, keysetAfter(newestFirst, after)))
      .orderBy(...keysetOrderBy(newestFirst))
      .limit(limit + 1),
    countCapped(context.db, sql`${apiTokens} left join ${users} on ${eq(users.id, apiTokens.createdBy)}`, where),
  ]);
  const page = pageRows(found, limit, newestFirst, ({ token }) => ({ value: token.createdAt.toISOString(), id: token.id }));
  return { items: page.rows.map((row) => toTokenDto(row, now)), next: page.next, ...counted };
}
