import { and, asc, desc, eq, gt, gte, inArray, isNotNull, or, sql } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { channels } from "#lib/db/schema/channels";
import { deliveries } from "#lib/db/schema/deliveries";
import { longestBackOffMs, mostAttempts, type OpenDelivery, passableAttempts, planSending } from "#lib/domain/delivery-plan";
import type { ServiceContext } from "../context.ts";
import { catalogueTime } from "./catalogue-clock.ts";
import { type DeliveryRow, payloadOf, severityOf } from "./content.ts";

export type ChannelRow = typeof channels.$inferSelect;
export type Claim = { readonly channel: ChannelRow; readonly rows: readonly DeliveryRow[]; readonly claimedUntil: Date };

const openStates = ["pending", "held", "sending"] as const;
/** So many are looked at; more than one message holds. */
const lookedAt = 500;
/** A sign of life tells nothing when it is older. Milliseconds. */
const signOfLifeMs = 5 * 60_000;
/** So long after its time-out a sender may still write down what came of it. */
const graceMs = 15_000;

/**
 * Takes a channel's next message for this sender: its rows are `sending` until `claimedUntil`, and nobody else takes any of the channel meanwhile. Null:
 * there is none, or another sender is at it. A sender that never came back has lost it by then, and the same message is sent again.
 */
export async function claimMessage(
  context: ServiceContext,
  { channelId, gatherMs, timeoutMs }: { channelId: string; gatherMs: number; timeoutMs: number },
): Promise<Claim | null> {
  return context.db.transaction(async (tx) => {
    const [channel] = await tx.select().from(channels).where(eq(channels.id, channelId)).for("update", { skipLocked: true });
    if (channel === undefined) return null;
    const now = await catalogueTime(tx);
    const open = await tx
      .select()
      .from(deliveries)
      .where(and(eq(deliveries.channelId, channelId), inArray(deliveries.state, [...openStates])))
      // Tests are never behind a backlog, and nothing is behind what waits aside, however much that is.
      .orderBy(desc(eq(deliveries.kind, "test")), isAside(now), asc(deliveries.createdAt), asc(deliveries.id))
      .limit(lookedAt);
    if (open.some((row) => row.state === "sending" && row.claimedUntil !== null && row.claimedUntil > now)) return null;
    const plan = planSending(open.map(toOpen), await planningChannel(tx, channel, gatherMs), now);
    await setAside(tx, plan, now);
    if (plan.take.length === 0) return null;
    const claimedUntil = new Date(now.getTime() + timeoutMs + graceMs);
    await tx
      .update(deliveries)
      .set({ state: "sending", claimedUntil, attempts: sql`${deliveries.attempts} + 1` })
      .where(inArray(deliveries.id, [...plan.take]));
    const taken = new Set(plan.take);
    return { channel, claimedUntil, rows: open.filter(({ id }) => taken.has(id)) };
  });
}

/** Held by quiet hours, or failed so often that others pass: these come last among what is looked at. */
function isAside(now: Date) {
  const waits = or(eq(deliveries.state, "held"), gte(deliveries.attempts, passableAttempts));
  return sql`(${and(waits, gt(deliveries.nextAttemptAt, now))})`;
}

async function setAside(tx: Transaction, plan: ReturnType<typeof planSending>, now: Date): Promise<void> {
  for (const { id, until } of plan.hold) {
    await tx.update(deliveries).set({ state: "held", nextAttemptAt: until, claimedUntil: null }).where(eq(deliveries.id, id));
  }
  if (plan.drop.length > 0) {
    await tx
      .update(deliveries)
      .set({ state: "dropped", claimedUntil: null })
      .where(inArray(deliveries.id, [...plan.drop]));
  }
  if (plan.giveUp.length > 0) {
    await tx
      .update(deliveries)
      .set({ state: "failed", claimedUntil: null, nextAttemptAt: new Date(now.getTime() + longestBackOffMs) })
      .where(inArray(deliveries.id, [...plan.giveUp]));
  }
}

async function planningChannel(tx: Transaction, channel: ChannelRow, gatherMs: number) {
  const { type } = channel.config;
  const gathers = type !== "webhook" && type !== "healthchecks";
  const [last] = gathers
    ? await tx
        .select({ sentAt: deliveries.sentAt })
        .from(deliveries)
        .where(
          and(
            eq(deliveries.channelId, channel.id),
            isNotNull(deliveries.sentAt),
            or(eq(deliveries.kind, "alert"), eq(deliveries.kind, "resolved")),
          ),
        )
        .orderBy(desc(deliveries.sentAt))
        .limit(1)
    : [];
  return { enabled: channel.enabled, quietHours: channel.quietHours, gathers, lastSentAt: last?.sentAt ?? null, gatherMs };
}

function toOpen(row: DeliveryRow): OpenDelivery {
  const payload = payloadOf(row);
  const isSignOfLife = payload.type === "ping" && payload.runId === null;
  return {
    id: row.id,
    kind: row.kind,
    severity: severityOf(row),
    state: row.state as OpenDelivery["state"],
    attempts: Math.min(row.attempts, mostAttempts),
    nextAttemptAt: row.nextAttemptAt,
    createdAt: row.createdAt,
    uselessAt: isSignOfLife ? new Date(row.createdAt.getTime() + signOfLifeMs) : null,
    ping: payload.type === "ping" && row.kind === "ping" ? { signal: payload.signal, subject: row.sourceId ?? "" } : null,
  };
}
