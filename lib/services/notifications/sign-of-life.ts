import { and, eq, isNull } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { channels } from "#lib/db/schema/channels";
import type { ServiceContext } from "../context.ts";
import { queueDeliveries } from "./queue-delivery.ts";

const everyMs = 5 * 60_000;

/** Every five minutes a ping to the dead-man's switches that listen to the worker's own life; however many workers there are, one. */
export async function signOfLife(tx: Transaction, context: ServiceContext): Promise<void> {
  const now = context.now();
  const rows = await tx
    .select({ id: channels.id, config: channels.config })
    .from(channels)
    .where(and(eq(channels.enabled, true), isNull(channels.removedAt)));
  const listening = rows.filter(({ config }) => config.type === "healthchecks" && config.on === "alive");
  const dedupeKey = `alive:${Math.floor(now.getTime() / everyMs)}`;
  await queueDeliveries(
    tx,
    context,
    now,
    listening.map(({ id }) => ({
      channelId: id,
      kind: "ping",
      code: "worker.alive",
      sourceId: null,
      payload: { type: "ping", signal: "success", runId: null, at: now.toISOString() },
      dedupeKey,
    })),
  );
}
