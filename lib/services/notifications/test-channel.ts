import { setTimeout as delay } from "node:timers/promises";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/notifications";
import { deliveries } from "#lib/db/schema/deliveries";
import { makeId } from "#lib/domain/ids";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { lockChannel } from "./dto.ts";
import { loadDelivery } from "./load-delivery.ts";
import type { DeliveryPayload } from "./payload.ts";

const longestWaitMs = 10_000;
const pollMs = 100;

/**
 * Puts a test message first into a channel's outbox, whether it is switched on or not, and waits for its end for ten seconds at most; then the delivery
 * that is answered is still pending. It is tried once. Throws `not-found`.
 */
export async function testChannel(
  context: ServiceContext,
  { params }: EndpointInput<typeof contract.testChannel>,
): Promise<contract.DeliveryDto> {
  authorise(context, "notifications:manage");
  const id = makeId("delivery", context.newUuid());
  await context.db.transaction(async (tx) => {
    const channel = await lockChannel(tx, params.id);
    const now = context.now();
    const at = now.toISOString();
    const payload: DeliveryPayload =
      channel.config.type === "healthchecks"
        ? { type: "ping", signal: "success", runId: null, at }
        : { type: "test", code: "test", params: {}, sourceName: null, at, count: 1 };
    await tx.insert(deliveries).values({
      id,
      channelId: channel.id,
      kind: "test",
      code: "test",
      payload,
      dedupeKey: `test:${id}`,
      state: "pending",
      nextAttemptAt: now,
      createdAt: now,
    });
    await recordAudit(tx, context, { action: "channel.test", targetType: "channel", targetId: channel.id, targetName: channel.name });
  });
  const until = performance.now() + longestWaitMs;
  let found = await loadDelivery(context.db, id);
  while ((found.state === "pending" || found.state === "sending") && performance.now() < until) {
    await delay(pollMs);
    found = await loadDelivery(context.db, id);
  }
  return found;
}
