import { and, eq, gt, isNull, lte, notExists, or, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Transaction } from "#lib/db/client";
import { alerts } from "#lib/db/schema/alerts";
import { channels } from "#lib/db/schema/channels";
import { deliveries } from "#lib/db/schema/deliveries";
import { longestBackOffMs, mostAttempts } from "#lib/domain/delivery-plan";
import type { ServiceContext } from "../context.ts";
import { isStillOpen } from "./alerts.ts";
import type { AlertPayload } from "./payload.ts";

/** So many are taken up in one look; the others a minute later. */
const batch = 500;
const minuteMs = 60_000;

/**
 * Takes up what was given up while its alert is still open and its channel heard nothing of it: one more try about every half an hour, and at once when
 * another message arrived there. The same row, so that the log does not grow; words for people tell how it stands now, machines get the same body again.
 */
export async function tellUntold(tx: Transaction, context: ServiceContext): Promise<void> {
  const now = context.now();
  const other = alias(deliveries, "other");
  const heard = tx
    .select({ one: sql`1` })
    .from(other)
    .where(
      and(
        eq(other.alertId, deliveries.alertId),
        eq(other.channelId, deliveries.channelId),
        eq(other.kind, "alert"),
        sql`${other.state} in ('pending', 'held', 'sending', 'sent')`,
      ),
    );
  // A clock that went back leaves times that are too far away.
  const furthest = new Date(now.getTime() + longestBackOffMs + minuteMs);
  const due = or(lte(deliveries.nextAttemptAt, now), gt(deliveries.nextAttemptAt, furthest));
  const untold = await tx
    .select({ id: deliveries.id, payload: deliveries.payload, alert: alerts, config: channels.config })
    .from(deliveries)
    .innerJoin(alerts, and(eq(alerts.id, deliveries.alertId), isNull(alerts.resolvedAt)))
    .innerJoin(channels, and(eq(channels.id, deliveries.channelId), eq(channels.enabled, true), isNull(channels.removedAt)))
    .where(and(eq(deliveries.kind, "alert"), eq(deliveries.state, "failed"), due, notExists(heard)))
    .orderBy(deliveries.createdAt, deliveries.id)
    .limit(batch);
  for (const { id, payload, alert, config } of untold) {
    // What ended since it was read would be told without an end.
    if (!(await isStillOpen(tx, alert.id))) continue;
    const before = payload as AlertPayload;
    const current: AlertPayload = { ...before, params: { ...alert.params, openedAt: alert.openedAt.toISOString() }, count: alert.count };
    await tx
      .update(deliveries)
      .set({
        state: "pending",
        attempts: mostAttempts - 1,
        nextAttemptAt: now,
        claimedUntil: null,
        ...(config.type === "webhook" ? {} : { payload: current }),
      })
      .where(and(eq(deliveries.id, id), eq(deliveries.state, "failed")));
  }
}
