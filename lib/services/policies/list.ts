import { sql } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/policies";
import { retentionPolicies } from "#lib/db/schema/retention-policies";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { countCapped, keysetAfter, keysetOrderBy, type KeysetOrder, pageRows } from "../keyset.ts";
import { toPolicyDto } from "./dto.ts";
import { sourceCount } from "./load.ts";

const loweredName = sql<string>`lower(${retentionPolicies.name})`;
const byName: KeysetOrder = { sort: "name", column: loweredName, id: retentionPolicies.id, direction: "ascending", cast: "text" };

/** Retention policies by name, letter case aside. */
export async function listPolicies(
  context: ServiceContext,
  input: EndpointInput<typeof contract.listPolicies>,
): Promise<EndpointOutput<typeof contract.listPolicies>> {
  authorise(context, "policies:read");
  const { limit, after } = input.query;
  const [found, counted] = await Promise.all([
    context.db
      .select({ policy: retentionPolicies, sourceCount, loweredName })
      .from(retentionPolicies)
      .where(keysetAfter(byName, after))
      .orderBy(...keysetOrderBy(byName))
      .limit(limit + 1),
    countCapped(context.db, sql`${retentionPolicies}`, undefined),
  ]);
  const page = pageRows(found, limit, byName, (row) => ({ value: row.loweredName, id: row.policy.id }));
  return { items: page.rows.map((row) => toPolicyDto(row.policy, row)), next: page.next, ...counted };
}
