import { and, eq, sql } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/notifications";
import { deliveries } from "#lib/db/schema/deliveries";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { countCapped, keysetAfter, keysetOrderBy, type KeysetOrder, pageRows } from "../keyset.ts";
import { toDeliveryDto } from "./dto.ts";
import { selectDeliveries } from "./load-delivery.ts";

const newestFirst: KeysetOrder = {
  sort: "-createdAt",
  column: deliveries.createdAt,
  id: deliveries.id,
  direction: "descending",
  cast: "timestamptz",
};

/** The delivery log, newest first. */
export async function listDeliveries(
  context: ServiceContext,
  input: EndpointInput<typeof contract.listDeliveries>,
): Promise<EndpointOutput<typeof contract.listDeliveries>> {
  authorise(context, "notifications:manage");
  const { channel, state, kind, source, limit, after } = input.query;
  const where = and(
    channel === undefined ? undefined : eq(deliveries.channelId, channel),
    state === undefined ? undefined : eq(deliveries.state, state),
    kind === undefined ? undefined : eq(deliveries.kind, kind),
    source === undefined ? undefined : eq(deliveries.sourceId, source),
  );
  const [found, counted] = await Promise.all([
    selectDeliveries(context.db)
      .where(and(where, keysetAfter(newestFirst, after)))
      .orderBy(...keysetOrderBy(newestFirst))
      .limit(limit + 1),
    countCapped(context.db, sql`${deliveries}`, where),
  ]);
  const page = pageRows(found, limit, newestFirst, ({ delivery }) => ({ value: delivery.createdAt.toISOString(), id: delivery.id }));
  return { items: page.rows.map((row) => toDeliveryDto(row.delivery, row)), next: page.next, ...counted };
}
