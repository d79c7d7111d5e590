import { and, eq, isNull } from "drizzle-orm";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/notifications";
import { channels } from "#lib/db/schema/channels";
import { deliveries } from "#lib/db/schema/deliveries";
import { LifeboatError } from "#lib/domain/error";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { loadDelivery } from "./load-delivery.ts";

/** Tries a delivery that was given up, or dropped, once more. Throws `not-found` (also when its channel is removed), `delivery-state` { state }. */
export async function retryDelivery(
  context: ServiceContext,
  { params }: EndpointInput<typeof contract.retryDelivery>,
): Promise<contract.DeliveryDto> {
  authorise(context, "notifications:manage");
  return context.db.transaction(async (tx) => {
    const [found] = await tx
      .select({ delivery: deliveries, channelName: channels.name })
      .from(deliveries)
      .innerJoin(channels, and(eq(channels.id, deliveries.channelId), isNull(channels.removedAt)))
      .where(eq(deliveries.id, params.id))
      .for("update");
    if (found === undefined) throw new LifeboatError("not-found", { entity: "delivery", id: params.id });
    const { state } = found.delivery;
    if (state !== "failed" && state !== "dropped") throw new LifeboatError("delivery-state", { state });
    await tx
      .update(deliveries)
      .set({ state: "pending", attempts: 0, nextAttemptAt: context.now(), claimedUntil: null })
      .where(eq(deliveries.id, params.id));
    await recordAudit(tx, context, {
      action: "delivery.retry",
      targetType: "delivery",
      targetId: params.id,
      targetName: found.channelName,
    });
    return loadDelivery(tx, params.id);
  });
}
