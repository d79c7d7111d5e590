import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { alerts } from "#lib/db/schema/alerts";
import { channels } from "#lib/db/schema/channels";
import { deliveries } from "#lib/db/schema/deliveries";
import { sources } from "#lib/db/schema/sources";
import type { AlertCode } from "#lib/domain/alert-codes";
import { wantsAlert } from "#lib/domain/channel-matches";
import type { Params } from "#lib/domain/error";
import { makeId } from "#lib/domain/ids";
import { redactValue } from "#lib/log/redact";
import type { ServiceContext } from "../context.ts";
import type { AlertPayload } from "./payload.ts";
import { queueDeliveries } from "./queue-delivery.ts";

export type AlertRow = typeof alerts.$inferSelect;

export type AlertToOpen = {
  readonly code: AlertCode;
  /** What it is about: a source, a destination, a disk. With the code it is the key under which at most one alert is open. */
  readonly subject: string;
  readonly sourceId: string | null;
  /** What its text names; see `withReason` for why something failed. Never a secret. */
  readonly params: Params;
  /** Seen by looking again and again instead of by something that happened: it is not counted each time. */
  readonly isState?: boolean;
};

const keyOf = (code: AlertCode, subject: string) => `${code}:${subject}`;

/**
 * Opens an alert in the caller's transaction and puts its messages into the outbox of every channel that wants it. One that is open under the
 * same key is joined: it counts on, and nobody is told again. Nothing is sent here, and nothing waits.
 */
export async function openAlert(tx: Transaction, context: ServiceContext, wanted: AlertToOpen): Promise<{ id: string; joined: boolean }> {
  const now = context.now();
  const params = redactValue(wanted.params) as Params;
  const [row] = await tx
    .insert(alerts)
    .values({
      id: makeId("alert", context.newUuid()),
      key: keyOf(wanted.code, wanted.subject),
      code: wanted.code,
      sourceId: wanted.sourceId,
      params,
      openedAt: now,
      lastAt: now,
    })
    .onConflictDoUpdate({
      target: alerts.key,
      targetWhere: isNull(alerts.resolvedAt),
      set: { params, lastAt: now, ...(wanted.isState === true ? {} : { count: sql`${alerts.count} + 1` }) },
    })
    .returning({ id: alerts.id, isNew: sql<boolean>`(xmax = 0)` });
  if (row === undefined) throw new Error("the insert returned no row");
  if (row.isNew) await tellOpened(tx, context, { ...wanted, id: row.id, params, now });
  return { id: row.id, joined: !row.isNew };
}

async function tellOpened(tx: Transaction, context: ServiceContext, alert: AlertToOpen & { id: string; now: Date }): Promise<void> {
  const told = (await listeningChannels(tx)).filter((channel) => wantsAlert(channel, alert.code, alert.sourceId));
  if (told.length === 0) return;
  const payload: AlertPayload = {
    type: "alert",
    code: alert.code,
    params: alert.params,
    sourceName: await nameOfSource(tx, alert.sourceId),
    at: alert.now.toISOString(),
    count: 1,
  };
  await queueDeliveries(
    tx,
    context,
    alert.now,
    told.map((channel) => ({
      channelId: channel.id,
      kind: "alert",
      code: alert.code,
      sourceId: alert.sourceId,
      alertId: alert.id,
      payload,
      dedupeKey: alertKey(alert.id),
    })),
  );
}

export type AlertToResolve = {
  readonly code: AlertCode;
  readonly subject: string;
  /** What is known at the end, beside what it was opened with. */
  readonly params?: Params;
  /** Nobody is told: another alert takes its place, or what it was about is gone. */
  readonly silently?: boolean;
};

/**
 * Ends the open alert of a code and subject, if there is one, and tells the channels that were told, or are about to be. A message that only
 * waited for the end of quiet hours is dropped: it is over before anybody heard of it.
 */
export async function resolveAlert(
  tx: Transaction,
  context: ServiceContext,
  { code, subject, params = {}, silently = false }: AlertToResolve,
): Promise<{ id: string } | null> {
  const now = context.now();
  const [alert] = await tx
    .update(alerts)
    .set({ resolvedAt: now })
    .where(and(eq(alerts.key, keyOf(code, subject)), isNull(alerts.resolvedAt)))
    .returning();
  if (alert === undefined) return null;
  const all = await tx.select({ id: channels.id }).from(channels).where(isNull(channels.removedAt));
  const ids = all.map(({ id }) => id);
  if (ids.length === 0) return { id: alert.id };
  const ofAlert = and(inArray(deliveries.channelId, ids), eq(deliveries.alertId, alert.id), eq(deliveries.kind, "alert"));
  await tx
    .update(deliveries)
    .set({ state: "dropped" })
    .where(and(ofAlert, eq(deliveries.state, "held")));
  if (silently) return { id: alert.id };
  const told = await tx
    .selectDistinct({ channelId: deliveries.channelId })
    .from(deliveries)
    .innerJoin(channels, and(eq(channels.id, deliveries.channelId), eq(channels.enabled, true)))
    .where(and(ofAlert, inArray(deliveries.state, ["pending", "sending", "sent"])));
  const payload: AlertPayload = {
    type: "resolved",
    code,
    params: { ...alert.params, ...(redactValue(params) as Params), openedAt: alert.openedAt.toISOString() },
    sourceName: await nameOfSource(tx, alert.sourceId),
    at: now.toISOString(),
    count: alert.count,
  };
  await queueDeliveries(
    tx,
    context,
    now,
    told.map(({ channelId }) => ({
      channelId,
      kind: "resolved",
      code,
      sourceId: alert.sourceId,
      alertId: alert.id,
      payload,
      dedupeKey: `resolved:${alert.id}`,
    })),
  );
  return { id: alert.id };
}

/**
 * True where an alert is open, and stays so until the transaction ends; false also while somebody else is about to end it or to count on. Nobody is waited
 * for: who ends it may hold what this transaction has.
 */
export async function isStillOpen(tx: Transaction, alertId: string): Promise<boolean> {
  const [row] = await tx
    .select({ id: alerts.id })
    .from(alerts)
    .where(and(eq(alerts.id, alertId), isNull(alerts.resolvedAt)))
    .for("share", { skipLocked: true });
  return row !== undefined;
}

/** Under this key an alert is in a channel's outbox once. */
export function alertKey(alertId: string): string {
  return `alert:${alertId}`;
}

/** Channels that take words about what is wrong: switched on, not removed, no dead-man's switch. */
export async function listeningChannels(tx: Transaction): Promise<(typeof channels.$inferSelect)[]> {
  const rows = await tx
    .select()
    .from(channels)
    .where(and(eq(channels.enabled, true), isNull(channels.removedAt)));
  return rows.filter(({ config }) => config.type !== "healthchecks");
}

export async function nameOfSource(tx: Transaction, sourceId: string | null): Promise<string | null> {
  if (sourceId === null) return null;
  const [row] = await tx.select({ name: sources.name }).from(sources).where(eq(sources.id, sourceId));
  return row?.name ?? null;
}
