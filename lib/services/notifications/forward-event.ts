import type { Transaction } from "#lib/db/client";
import type { channels } from "#lib/db/schema/channels";
import { wantsSource } from "#lib/domain/channel-matches";
import type { ServiceContext } from "../context.ts";
import { nameOfSource } from "./alerts.ts";
import type { EventRow } from "./dispatch.ts";
import type { EventPayload, PingPayload } from "./payload.ts";
import { type QueuedDelivery, queueDeliveries } from "./queue-delivery.ts";

type ChannelRow = typeof channels.$inferSelect;

/** Puts a change of state into the outbox of webhooks that want each one, and of dead-man's switches that it is a sign of life for. */
export async function forwardEvent(
  tx: Transaction,
  context: ServiceContext,
  event: EventRow,
  listeners: readonly ChannelRow[],
): Promise<void> {
  const wanting = listeners.filter((channel) => channel.enabled && wantsSource(channel, event.sourceId));
  const hooks = wanting.filter(({ config }) => config.type === "webhook" && config.stateChanges);
  const messages = hooks.length === 0 ? [] : await eventMessages(tx, event, hooks);
  const pings = wanting.flatMap((channel) => pingOf(channel, event));
  await queueDeliveries(tx, context, event.at, [...messages, ...pings]);
}

async function eventMessages(tx: Transaction, event: EventRow, hooks: readonly ChannelRow[]): Promise<QueuedDelivery[]> {
  const payload: EventPayload = {
    type: "event",
    eventId: event.id,
    event: event.type,
    at: event.at.toISOString(),
    sourceName: await nameOfSource(tx, event.sourceId),
    subject: event.subjectId,
    payload: event.payload,
  };
  return hooks.map((channel) => ({
    channelId: channel.id,
    kind: "event",
    code: event.type,
    sourceId: event.sourceId,
    payload,
    dedupeKey: `event:${event.id}`,
  }));
}

const signals: Readonly<Record<string, PingPayload["signal"]>> = {
  "run.running": "start",
  "run.succeeded": "success",
  "run.failed": "fail",
  "run.cancelled": "fail",
};

/** Which runs a dead-man's switch listens to. */
const pingedTypes = {
  backups: ["backup"],
  verifications: ["verify", "verify-chain"],
  "clean-ups": ["clean-up"],
  alive: [],
} as const satisfies Record<string, readonly string[]>;

function pingOf(channel: ChannelRow, event: EventRow): QueuedDelivery[] {
  const signal = signals[event.type];
  const { config } = channel;
  if (config.type !== "healthchecks" || signal === undefined) return [];
  const types: readonly string[] = pingedTypes[config.on];
  if (!types.includes(String(event.payload["type"]))) return [];
  const payload: PingPayload = { type: "ping", signal, runId: event.subjectId, at: event.at.toISOString() };
  return [{ channelId: channel.id, kind: "ping", code: event.type, sourceId: event.sourceId, payload, dedupeKey: `event:${event.id}` }];
}
