import type { Transaction } from "#lib/db/client";
import { deliveries } from "#lib/db/schema/deliveries";
import type { DeliveryKind } from "#lib/domain/alert-codes";
import { makeId } from "#lib/domain/ids";
import type { ServiceContext } from "../context.ts";
import type { DeliveryPayload } from "./payload.ts";

export type QueuedDelivery = {
  readonly channelId: string;
  readonly kind: DeliveryKind;
  readonly code: string;
  readonly sourceId: string | null;
  readonly alertId?: string;
  readonly payload: DeliveryPayload;
  /** The same thing is put into a channel's outbox once. */
  readonly dedupeKey: string;
};

/** Puts messages into the outbox, in the transaction of what they tell of; those that are there already are passed over. Nothing is sent. */
export async function queueDeliveries(
  tx: Transaction,
  context: Pick<ServiceContext, "newUuid">,
  now: Date,
  messages: readonly QueuedDelivery[],
): Promise<void> {
  if (messages.length === 0) return;
  const rows = messages.map((message) => ({
    ...message,
    id: makeId("delivery", context.newUuid()),
    alertId: message.alertId ?? null,
    state: "pending" as const,
    nextAttemptAt: now,
    createdAt: now,
  }));
  await tx
    .insert(deliveries)
    .values(rows)
    .onConflictDoNothing({ target: [deliveries.channelId, deliveries.dedupeKey] });
}
