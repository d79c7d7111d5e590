import { and, eq, inArray, isNotNull, isNull, notInArray, sql } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { alerts } from "#lib/db/schema/alerts";
import { channels } from "#lib/db/schema/channels";
import { deliveries } from "#lib/db/schema/deliveries";
import { sources } from "#lib/db/schema/sources";
import type { ServiceContext } from "../context.ts";
import { alertKey, isStillOpen } from "./alerts.ts";
import { passingCodes } from "./gate-alerts.ts";
import type { AlertPayload } from "./payload.ts";
import { queueDeliveries } from "./queue-delivery.ts";

const hourMs = 3_600_000;

/** Tells again of what is still open, to channels that asked for it, so many hours after they were told last. Who was never told: `tellUntold`. */
export async function remind(tx: Transaction, context: ServiceContext): Promise<void> {
  const now = context.now();
  const told = await tx
    .select({
      channelId: channels.id,
      repeatHours: channels.repeatHours,
      alert: alerts,
      sourceName: sources.name,
      times: sql<number>`count(*)::int`,
      lastSentAt: sql<string | null>`max(${deliveries.sentAt})`,
      lastQueuedAt: sql<string>`max(${deliveries.createdAt})`,
      isWaiting: sql<boolean>`bool_or(${inArray(deliveries.state, ["pending", "held", "sending"])})`,
    })
    .from(alerts)
    .innerJoin(deliveries, and(eq(deliveries.alertId, alerts.id), eq(deliveries.kind, "alert")))
    .innerJoin(channels, and(eq(channels.id, deliveries.channelId), eq(channels.enabled, true), isNotNull(channels.repeatHours)))
    .leftJoin(sources, eq(sources.id, alerts.sourceId))
    .where(and(isNull(alerts.resolvedAt), isNull(channels.removedAt), notInArray(alerts.code, [...passingCodes])))
    .groupBy(channels.id, alerts.id, sources.name);
  for (const { channelId, repeatHours, alert, sourceName, times, lastSentAt, lastQueuedAt, isWaiting } of told) {
    if (isWaiting || lastSentAt === null || repeatHours === null) continue;
    // A reminder that was refused counts as well: the next one is no sooner.
    const lastAt = Math.max(Date.parse(lastSentAt), Date.parse(lastQueuedAt));
    if (now.getTime() - lastAt < repeatHours * hourMs) continue;
    // What ended since it was read would be told as open behind its end.
    if (!(await isStillOpen(tx, alert.id))) continue;
    const payload: AlertPayload = {
      type: "alert",
      code: alert.code,
      params: { ...alert.params, openedAt: alert.openedAt.toISOString() },
      sourceName,
      at: now.toISOString(),
      count: alert.count,
    };
    const dedupeKey = `${alertKey(alert.id)}:${times}`;
    await queueDeliveries(tx, context, now, [
      { channelId, kind: "alert", code: alert.code, sourceId: alert.sourceId, alertId: alert.id, payload, dedupeKey },
    ]);
  }
}
