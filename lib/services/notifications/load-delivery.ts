import { eq } from "drizzle-orm";
import type { DeliveryDto } from "#lib/contracts/notifications";
import type { Database, Transaction } from "#lib/db/client";
import { channels } from "#lib/db/schema/channels";
import { deliveries } from "#lib/db/schema/deliveries";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import { toDeliveryDto } from "./dto.ts";

/** Deliveries with what their rows name, as a query to be narrowed. */
export function selectDeliveries(db: Database | Transaction) {
  return db
    .select({ delivery: deliveries, channel: { name: channels.name, config: channels.config }, sourceName: sources.name })
    .from(deliveries)
    .innerJoin(channels, eq(channels.id, deliveries.channelId))
    .leftJoin(sources, eq(sources.id, deliveries.sourceId))
    .$dynamic();
}

/** One delivery. Throws `not-found`. */
export async function loadDelivery(db: Database | Transaction, id: string): Promise<DeliveryDto> {
  const [row] = await selectDeliveries(db).where(eq(deliveries.id, id));
  if (row === undefined) throw new LifeboatError("not-found", { entity: "delivery", id });
  return toDeliveryDto(row.delivery, row);
}
