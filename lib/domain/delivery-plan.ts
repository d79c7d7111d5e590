import type { AlertSeverity, DeliveryKind, DeliveryState } from "./alert-codes.ts";
import { type QuietHours, quietUntil } from "./quiet-hours.ts";

/** After so many tries a message is given up. */
export const mostAttempts = 8;
/** What failed so often holds nothing back any more. */
export const passableAttempts = 3;
/** So many changes may be stuck before those behind them wait: then it is the receiver that is away, and they keep their tries for when it is back. */
const mostStuck = 5;
/** So many things are put into one message at most. */
const mostTogether = 100;
/** The longest wait between two tries, in milliseconds; also between those of an alert that was given up and is still open. */
export const longestBackOffMs = 32 * 60_000;

export type OpenDelivery = {
  readonly id: string;
  readonly kind: DeliveryKind;
  readonly severity: AlertSeverity;
  readonly state: Extract<DeliveryState, "pending" | "held" | "sending">;
  readonly attempts: number;
  readonly nextAttemptAt: Date;
  readonly createdAt: Date;
  /** Of no use any more when it was not sent by then (a sign of life). */
  readonly uselessAt: Date | null;
  /** What a sign of life of a run tells, and of which source. */
  readonly ping: { readonly signal: "start" | "success" | "fail"; readonly subject: string } | null;
};

export type PlanningChannel = {
  readonly enabled: boolean;
  /** Several things become one message: for people, not for machines. */
  readonly gathers: boolean;
  readonly quietHours: (QuietHours & { readonly exceptUrgent: boolean }) | null;
  /** When the last message went out. */
  readonly lastSentAt: Date | null;
  /** So long after a message the next one waits for company, in milliseconds. */
  readonly gatherMs: number;
};

export type SendingPlan = {
  /** What goes into the next message; nothing: there is none now. */
  readonly take: readonly string[];
  readonly hold: readonly { readonly id: string; readonly until: Date }[];
  readonly drop: readonly string[];
  /** Tried too often by senders that never came back. */
  readonly giveUp: readonly string[];
};

/**
 * Decides what a channel's next message is, from its open deliveries in order. A test goes first and alone, whatever else waits. Otherwise: what a
 * try failed for waits its time and holds back those behind it until its third try (a ping none); quiet hours hold words for people; after a message the next ones gather.
 */
export function planSending(open: readonly OpenDelivery[], channel: PlanningChannel, now: Date): SendingPlan {
  const drop: string[] = [];
  const giveUp: string[] = [];
  const hold: { id: string; until: Date }[] = [];
  const ready: OpenDelivery[] = [];
  let quiet: Date | null | undefined;
  // Looked up once, however many wait: it is the same channel and the same moment.
  const quietEnd = (hours: QuietHours) => (quiet === undefined ? (quiet = quietUntil(hours, now)) : quiet);
  for (const delivery of open) {
    if (delivery.attempts >= mostAttempts) giveUp.push(delivery.id);
    else if (delivery.kind !== "test" && (!channel.enabled || isUseless(delivery, now) || isOvertaken(delivery, open)))
      drop.push(delivery.id);
    else {
      const until = heldUntil(delivery, channel, quietEnd);
      if (until === null) ready.push(delivery);
      else if (delivery.state !== "held" || delivery.nextAttemptAt.getTime() !== until.getTime()) hold.push({ id: delivery.id, until });
    }
  }
  return { take: takeNow(ready, channel, now), hold, drop, giveUp };
}

function takeNow(ready: readonly OpenDelivery[], channel: PlanningChannel, now: Date): readonly string[] {
  const test = ready.find(({ kind, nextAttemptAt }) => kind === "test" && nextAttemptAt <= now);
  if (test !== undefined) return [test.id];
  const rest = ready.filter(({ kind }) => kind !== "test");
  const stuck = rest.filter(({ kind, attempts, nextAttemptAt }) => kind !== "ping" && attempts > 0 && nextAttemptAt > now);
  if (stuck.some(({ attempts }) => attempts < passableAttempts)) return [];
  const due = rest.filter(
    ({ kind, state, nextAttemptAt }) => (state === "held" || nextAttemptAt <= now) && (kind !== "event" || stuck.length < mostStuck),
  );
  if (!channel.gathers) return due.slice(0, 1).map(({ id }) => id);
  const gathersUntil = (channel.lastSentAt?.getTime() ?? -Infinity) + channel.gatherMs;
  // A clock that went back leaves a last message in the future; nothing waits for that.
  if (now.getTime() < gathersUntil && gathersUntil - now.getTime() <= channel.gatherMs) return [];
  return due.slice(0, mostTogether).map(({ id }) => id);
}

function isUseless({ uselessAt }: OpenDelivery, now: Date): boolean {
  return uselessAt !== null && uselessAt <= now;
}

/** A ping that did not arrive, and a later one tells how the same source's run ended: sent after that it would start, or end, what is over. */
function isOvertaken({ ping, attempts, createdAt }: OpenDelivery, open: readonly OpenDelivery[]): boolean {
  if (ping === null || attempts === 0) return false;
  return open.some((later) => later.createdAt > createdAt && later.ping?.subject === ping.subject && later.ping.signal !== "start");
}

/** Machines have no nights, and a test is wanted now. */
function heldUntil(
  { kind, severity }: OpenDelivery,
  { quietHours, gathers }: PlanningChannel,
  quietEnd: (hours: QuietHours) => Date | null,
): Date | null {
  if (quietHours === null || !gathers || kind === "test" || kind === "event" || kind === "ping") return null;
  if (kind === "alert" && severity === "urgent" && quietHours.exceptUrgent) return null;
  return quietEnd(quietHours);
}

/** True for an HTTP answer that another try of the same message will get again: 4xx, but for those that ask to come back. */
export function isFinal(status: number | null): boolean {
  return status !== null && status >= 400 && status < 500 && ![408, 425, 429].includes(status);
}

/** How long to wait after the n-th failed try, in milliseconds: 30 s, doubled each time. `baseMs` is for tests. */
export function backOffMs(attempts: number, baseMs = 30_000): number {
  return Math.min(longestBackOffMs, baseMs * 2 ** Math.max(0, attempts - 1));
}
