import { and, eq, getTableColumns, gte, like, lte, or, type SQL } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import type { AuditEventDto, AuditFilter } from "#lib/contracts/audit";
import { auditEvents } from "#lib/db/schema/audit-events";
import type { ServiceContext } from "../context.ts";
import { keysetAfter, keysetOrderBy, type KeysetOrder, pageRows } from "../keyset.ts";
import { searchNeedle, searchTextContains } from "../search-text.ts";

const newestFirst: KeysetOrder = { sort: "-at", column: auditEvents.at, id: auditEvents.id, direction: "descending", cast: "timestamptz" };
const { searchText: _searchText, ...columns } = getTableColumns(auditEvents);

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

/** The condition of the filters; `actor` and `target` take an id or an exact name, `target` also a type. */
export function auditFilter({ actor, action, target, q, from, to }: AuditFilter): SQL | undefined {
  return and(
    is(auditEvents.actorId, [auditEvents.actorName], actor),
    actionIs(action),
    is(auditEvents.targetId, [auditEvents.targetName, auditEvents.targetType], target),
    searchTextContains(auditEvents.searchText, q),
    from === undefined ? undefined : gte(auditEvents.at, new Date(from)),
    to === undefined ? undefined : lte(auditEvents.at, new Date(to)),
  );
}

/** One page, newest first, and the cursor of the next one. */
export async function readAuditPage(
  db: ServiceContext["db"],
  where: SQL | undefined,
  { limit, after }: { limit: number; after: string | undefined },
): Promise<{ items: AuditEventDto[]; next: string | null }> {
  const found = await db
    .select(columns)
    .from(auditEvents)
    .where(and(where, keysetAfter(newestFirst, after)))
    .orderBy(...keysetOrderBy(newestFirst))
    .limit(limit + 1);
  const page = pageRows(found, limit, newestFirst, (row) => ({ value: row.at.toISOString(), id: row.id }));
  const items = page.rows.map(({ at, actorType, actorId, actorName, ...row }) =>
    Object.assign(row, { at: at.toISOString(), actor: { type: actorType, id: actorId, name: actorName } }),
  );
  return { items, next: page.next };
}
