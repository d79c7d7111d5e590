import { and, eq, gte, inArray, isNull, or } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { alerts } from "#lib/db/schema/alerts";
import { deliveries } from "#lib/db/schema/deliveries";
import { sources } from "#lib/db/schema/sources";
import { wantsAlert } from "#lib/domain/channel-matches";
import type { ServiceContext } from "../context.ts";
import { alertKey } from "./alerts.ts";
import type { ChannelRow } from "./claim-message.ts";
import type { AlertPayload } from "./payload.ts";
import { queueDeliveries } from "./queue-delivery.ts";

/**
 * For a channel that was switched on again: what is still open and was dropped, or opened while it was off, becomes what was given up, for `tellUntold` to
 * take up at its next look. What arrived there, what it does not ask for, and what is older than the channel, stays as it is.
 */
export async function tellOpen(tx: Transaction, context: ServiceContext, channel: ChannelRow): Promise<void> {
  if (channel.config.type === "healthchecks") return;
  const now = context.now();
  const open = await tx
    .select({ alert: alerts, sourceName: sources.name })
    .from(alerts)
    .leftJoin(sources, eq(sources.id, alerts.sourceId))
    .where(and(isNull(alerts.resolvedAt), gte(alerts.openedAt, channel.createdAt)));
  const wanted = open.filter(({ alert }) => wantsAlert(channel, alert.code, alert.sourceId));
  if (wanted.length === 0) return;
  const ids = wanted.map(({ alert }) => alert.id);
  const ofChannel = and(eq(deliveries.channelId, channel.id), eq(deliveries.kind, "alert"));
  const rows = await tx
    .select({ id: deliveries.id, alertId: deliveries.alertId, state: deliveries.state })
    .from(deliveries)
    .where(and(ofChannel, inArray(deliveries.alertId, ids)))
    .orderBy(deliveries.createdAt, deliveries.id);
  const known = Map.groupBy(rows, ({ alertId }) => alertId);
  const unknown = wanted.filter(({ alert }) => !known.has(alert.id));
  await queueDeliveries(
    tx,
    context,
    now,
    unknown.map(({ alert, sourceName }) => {
      const { id: alertId, code, sourceId, params, count } = alert;
      const payload: AlertPayload = { type: "alert", code, params, sourceName, at: alert.openedAt.toISOString(), count };
      return { channelId: channel.id, kind: "alert", code, sourceId, alertId, payload, dedupeKey: alertKey(alertId) };
    }),
  );
  const dropped = [...known.values()].flatMap((own) => (own.every(({ state }) => state === "dropped") ? own.slice(-1) : []));
  const untold = or(
    inArray(
      deliveries.id,
      dropped.map(({ id }) => id),
    ),
    inArray(
      deliveries.alertId,
      unknown.map(({ alert }) => alert.id),
    ),
  );
  await tx.update(deliveries).set({ state: "failed", nextAttemptAt: now }).where(and(ofChannel, untold));
}
