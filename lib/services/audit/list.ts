import { and, eq, gte, like, lte, or, type SQL, sql } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import type * as contract from "#lib/contracts/audit";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import { auditEvents } from "#lib/db/schema/audit-events";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { countCapped, keysetAfter, keysetOrderBy, type KeysetOrder, pageRows } from "../keyset.ts";
import { searchNeedle, searchTextContains } from "../search-text.ts";

const newestFirst: KeysetOrder = { sort: "-at", column: auditEvents.at, id: auditEvents.id, direction: "descending", cast: "timestamptz" };

/** What looks like an id is looked for in that column alone, which has an index. */
function is(id: AnyPgColumn, others: readonly AnyPgColumn[], value: string | undefined): SQL | undefined {
  const needle = searchNeedle(value);
  if (needle === null) return undefined;
  const isId = /^[a-z]{3}_[0-9a-f]{32}$/.test(needle);
  return or(...[id, ...(isId ? [] : others)].map((column) => eq(column, needle)));
}

/** `backup` means every action on backups, `backup.delete` this one. */
function actionIs(action: string | undefined): SQL | undefined {
  const needle = searchNeedle(action);
  if (needle === null) return undefined;
  return or(eq(auditEvents.action, needle), like(auditEvents.action, `${needle.replaceAll(/[\\%_]/g, String.raw`\$&`)}.%`));
}

/** Who did what to which thing, newest first. `actor` and `target` take an id or an exact name, `target` also a type. */
export async function listAuditEvents(
  context: ServiceContext,
  input: EndpointInput<typeof contract.listAuditEvents>,
): Promise<EndpointOutput<typeof contract.listAuditEvents>> {
  authorise(context, "audit:read");
  const { actor, action, target, q, from, to, limit, after } = input.query;
  const where = and(
    is(auditEvents.actorId, [auditEvents.actorName], actor),
    actionIs(action),
    is(auditEvents.targetId, [auditEvents.targetName, auditEvents.targetType], target),
    searchTextContains(auditEvents.searchText, q),
    from === undefined ? undefined : gte(auditEvents.at, new Date(from)),
    to === undefined ? undefined : lte(auditEvents.at, new Date(to)),
  );
  const [found, counted] = await Promise.all([
    context.db
      .select()
      .from(auditEvents)
      .where(and(where, keysetAfter(newestFirst, after)))
      .orderBy(...keysetOrderBy(newestFirst))
      .limit(limit + 1),
    countCapped(context.db, sql`${auditEvents}`, where),
  ]);
  const page = pageRows(found, limit, newestFirst, (row) => ({ value: row.at.toISOString(), id: row.id }));
  return {
    items: page.rows.map((row) => ({
      id: row.id,
      at: row.at.toISOString(),
      actor: { type: row.actorType, id: row.actorId, name: row.actorName },
      action: row.action,
      targetType: row.targetType,
      targetId: row.targetId,
      targetName: row.targetName,
      address: row.address,
      requestId: row.requestId,
      before: row.before,
      after: row.after,
    })),
    next: page.next,
    ...counted,
  };
}
