import { and, eq, isNotNull, isNull, sql } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/notifications";
import { alerts } from "#lib/db/schema/alerts";
import { sources } from "#lib/db/schema/sources";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { countCapped, keysetAfter, keysetOrderBy, type KeysetOrder, pageRows } from "../keyset.ts";
import { toAlertDto } from "./dto.ts";

const newestFirst: KeysetOrder = {
  sort: "-openedAt",
  column: alerts.openedAt,
  id: alerts.id,
  direction: "descending",
  cast: "timestamptz",
};

/** What is wrong now, or was, newest first. */
export async function listAlerts(
  context: ServiceContext,
  input: EndpointInput<typeof contract.listAlerts>,
): Promise<EndpointOutput<typeof contract.listAlerts>> {
  authorise(context, "system:read");
  const { state, source, code, limit, after } = input.query;
  const where = and(
    state === undefined ? undefined : state === "open" ? isNull(alerts.resolvedAt) : isNotNull(alerts.resolvedAt),
    source === undefined ? undefined : eq(alerts.sourceId, source),
    code === undefined ? undefined : eq(alerts.code, code),
  );
  const [found, counted] = await Promise.all([
    context.db
      .select({ alert: alerts, sourceName: sources.name })
      .from(alerts)
      .leftJoin(sources, eq(sources.id, alerts.sourceId))
      .where(and(where, keysetAfter(newestFirst, after)))
      .orderBy(...keysetOrderBy(newestFirst))
      .limit(limit + 1),
    countCapped(context.db, sql`${alerts}`, where),
  ]);
  const page = pageRows(found, limit, newestFirst, ({ alert }) => ({ value: alert.openedAt.toISOString(), id: alert.id }));
  return { items: page.rows.map(({ alert, sourceName }) => toAlertDto(alert, sourceName)), next: page.next, ...counted };
}
