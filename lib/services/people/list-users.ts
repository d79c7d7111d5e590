import { and, eq, getTableColumns, sql } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/people";
import { users } from "#lib/db/schema/users";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { countCapped, keysetAfter, keysetOrderBy, type KeysetOrder, pageRows } from "../keyset.ts";
import { anyContains } from "../search-text.ts";
import { hasState, toUserDtos } from "./user-dto.ts";

const loweredName = sql<string>`lower(${users.name})`;
const byName: KeysetOrder = { sort: "name", column: loweredName, id: users.id, direction: "ascending", cast: "text" };

/** People by name, letter case aside. Nobody's password hash leaves. */
export async function listUsers(
  context: ServiceContext,
  input: EndpointInput<typeof contract.listUsers>,
): Promise<EndpointOutput<typeof contract.listUsers>> {
  authorise(context, "people:manage");
  const { q, state, role, limit, after } = input.query;
  const where = and(
    state === undefined ? undefined : hasState(state),
    role === undefined ? undefined : eq(users.role, role),
    anyContains([users.name, users.email], q),
  );
  const [found, counted] = await Promise.all([
    context.db
      .select({ ...getTableColumns(users), loweredName })
      .from(users)
      .where(and(where, keysetAfter(byName, after)))
      .orderBy(...keysetOrderBy(byName))
      .limit(limit + 1),
    countCapped(context.db, sql`${users}`, where),
  ]);
  const page = pageRows(found, limit, byName, (row) => ({ value: row.loweredName, id: row.id }));
  return { items: await toUserDtos(context.db, page.rows, context.now()), next: page.next, ...counted };
}
