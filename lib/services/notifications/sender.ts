import { createHash } from "node:crypto";
import { and, inArray, lte, sql } from "drizzle-orm";
import { deliveries } from "#lib/db/schema/deliveries";
import type { Logger } from "#lib/log/log";
import { reasonOf } from "#lib/domain/error";
import type { ChannelSecrets, Notifier, Outgoing, SendOutcome } from "#lib/notify/port";
import type { ServiceContext } from "../context.ts";
import { type ChannelRow, claimMessage } from "./claim-message.ts";
import { pullBack } from "./pull-back.ts";
import { recordOutcome } from "./record-outcome.ts";
import { openSecrets } from "./sealed-secrets.ts";
import { contentOf, type DeliveryRow } from "./content.ts";

export type SenderOptions = {
  readonly context: ServiceContext;
  readonly notifier: Notifier;
  readonly logger: Logger;
  /** So long after a message to people the next one waits for company, in milliseconds. */
  readonly gatherMs: number;
  /** Wait after the first failed try, in milliseconds; 30 s unless told. */
  readonly backOffMs?: number;
  /** Ends what is being sent; somebody else sends it again. */
  readonly signal?: AbortSignal;
};

export type Sender = {
  /** Begins to send what is due, a channel beside the other, and does not wait for receivers. */
  readonly pass: () => Promise<void>;
  /** Resolves when nothing is being sent by this process. */
  readonly idle: () => Promise<void>;
};

/** So many receivers are spoken to at once; the rest take their turn. */
const mostChannels = 16;

/** Empties the outbox. Each channel has one message on its way at a time, over all workers; a receiver that hangs holds up nobody else. */
export function createSender(options: SenderOptions): Sender {
  const { context, logger, signal } = options;
  const busy = new Map<string, Promise<void>>();

  const sendTo = async (channelId: string): Promise<void> => {
    let more = true;
    while (more) more = await sendOne(options, channelId);
  };

  return {
    async pass() {
      await pullBack(context.db);
      const due = await context.db
        .selectDistinct({ channelId: deliveries.channelId })
        .from(deliveries)
        .where(and(inArray(deliveries.state, ["pending", "held", "sending"]), lte(deliveries.nextAttemptAt, sql`clock_timestamp()`)));
      for (const { channelId } of due) {
        if (busy.size >= mostChannels || signal?.aborted === true) return;
        if (busy.has(channelId)) continue;
        const sending = sendTo(channelId)
          .catch((error: unknown) => {
            if (signal?.aborted !== true) logger.warn("messages could not be handed on", { channelId, error });
          })
          .finally(() => busy.delete(channelId));
        busy.set(channelId, sending);
      }
    },
    async idle() {
      while (busy.size > 0) await Promise.all(busy.values());
    },
  };
}

/** Sends a channel's next message. False: there is none now, or it could not be sent. */
async function sendOne({ context, notifier, logger, gatherMs, backOffMs, signal }: SenderOptions, channelId: string): Promise<boolean> {
  const isStopped = () => signal?.aborted ?? false;
  if (isStopped()) return false;
  const claim = await claimMessage(context, { channelId, gatherMs, timeoutMs: notifier.timeoutMs });
  if (claim === null) return false;
  const { channel, rows } = claim;
  const [first] = rows;
  if (first === undefined) return false;
  const outcome = await tryToSend({ context, notifier, signal }, channel, rows, nameOf(rows, first.id));
  // Somebody else sends it again when the claim is over.
  if (isStopped() && !outcome.sent) return false;
  await recordOutcome(context, claim, outcome, backOffMs);
  const facts = { channelId, deliveryId: first.id, kind: first.kind };
  if (!outcome.sent) logger.warn("a message was not taken", { ...facts, code: outcome.error.code });
  else if (outcome.problem !== undefined)
    logger.warn("a message was not taken for all recipients", { ...facts, code: outcome.problem.code });
  return outcome.sent;
}

/** With as many the name of a mail still stands on one line of its head. */
const nameDigits = 6;

/**
 * Of several things in one message the oldest names it, and which others are in it: every try of the same has the same name, and what another try takes along
 * is not thrown away as the mail that a server has already.
 */
function nameOf(rows: readonly DeliveryRow[], oldestId: string): string {
  if (rows.length === 1) return oldestId;
  const all = rows.map(({ id }) => id).toSorted();
  return `${oldestId}-${createHash("sha256").update(all.join(" ")).digest("hex").slice(0, nameDigits)}`;
}

async function tryToSend(
  { context, notifier, signal }: { context: ServiceContext; notifier: Notifier; signal: AbortSignal | undefined },
  channel: ChannelRow,
  rows: readonly DeliveryRow[],
  deliveryId: string,
): Promise<SendOutcome> {
  let secrets: ChannelSecrets;
  try {
    secrets = openSecrets(context.keyring, channel.secretSealed, channel.id);
  } catch (error) {
    return { sent: false, status: null, error: reasonOf(error), retryAfterMs: null };
  }
  const outgoing: Outgoing = {
    deliveryId,
    config: channel.config,
    secrets,
    language: channel.language,
    timeZone: channel.quietHours?.timeZone ?? "UTC",
    content: contentOf(rows, channel.config.type === "webhook"),
  };
  return notifier.send(outgoing, signal);
}
