import { and, eq, isNull, type SQL, sql } from "drizzle-orm";
import { describeReason } from "#lib/contracts/describe-reason";
import type { AlertDto, ChannelDto, DeliveryDto } from "#lib/contracts/notifications";
import type { Database, Transaction } from "#lib/db/client";
import type { alerts } from "#lib/db/schema/alerts";
import { channels } from "#lib/db/schema/channels";
import { deliveries } from "#lib/db/schema/deliveries";
import { LifeboatError, type Reason } from "#lib/domain/error";
import type { Keyring } from "#lib/secrets/keyring";
import type { ChannelRow } from "./claim-message.ts";
import type { DeliveryRow } from "./content.ts";
import { openSecrets } from "./sealed-secrets.ts";

/** What came of a channel's messages so far. */
export type ChannelFacts = { readonly lastSentAt: Date | null; readonly problem: Reason | null; readonly pending: number };

const noFacts: ChannelFacts = { lastSentAt: null, problem: null, pending: 0 };

/**
 * Facts of several channels, by id. Each is found through an index of its own: the log behind them is kept for months. What failed counts until something
 * arrived later; both are told by when that was written down or made. What arrived for some recipients alone counts until a later message does for all.
 */
export async function loadChannelFacts(db: Database | Transaction, ids: readonly string[]): Promise<ReadonlyMap<string, ChannelFacts>> {
  if (ids.length === 0) return new Map();
  const rows = await db.execute<{
    id: string;
    lastSentAt: string | null;
    failedAt: string | null;
    error: Reason | null;
    isSent: boolean | null;
    pending: number;
  }>(sql`
    select wanted.id, sent.at as "lastSentAt", failed.at as "failedAt", failed.error, failed.is_sent as "isSent", waiting.n as pending
    from unnest(${sql.param(ids)}::text[]) as wanted(id)
    left join lateral (
      select sent_at as at from ${deliveries} where channel_id = wanted.id and sent_at is not null order by sent_at desc limit 1
    ) as sent on true
    left join lateral (
      select coalesce(sent_at, created_at) as at, error, state = 'sent' as is_sent from ${deliveries} where channel_id = wanted.id and error is not null order by created_at desc limit 1
    ) as failed on true
    left join lateral (
      select count(*)::int as n from ${deliveries} where channel_id = wanted.id and state in ('pending', 'held', 'sending')
    ) as waiting on true
  `);
  return new Map(
    rows.map(({ id, pending, error, failedAt, isSent, ...row }) => {
      const lastSentAt = row.lastSentAt === null ? null : new Date(row.lastSentAt);
      const sinceMs = (lastSentAt?.getTime() ?? -Infinity) - new Date(failedAt ?? 0).getTime();
      const isOver = failedAt === null || (isSent === true ? sinceMs > 0 : sinceMs >= 0);
      return [id, { lastSentAt, pending, problem: isOver ? null : error }];
    }),
  );
}

/** Secrets never leave: the DTO only says which there are. */
export function toChannelDto(row: ChannelRow, keyring: Keyring, facts: ChannelFacts = noFacts): ChannelDto {
  return {
    id: row.id,
    name: row.name,
    config: row.config,
    secret: secretsThere(row, keyring),
    enabled: row.enabled,
    alerts: row.alerts,
    sourceIds: row.sourceIds,
    language: row.language,
    quietHours: row.quietHours,
    repeatHours: row.repeatHours,
    host: row.host,
    lastSentAt: facts.lastSentAt?.toISOString() ?? null,
    problem: facts.problem === null ? null : describeReason(facts.problem),
    pending: facts.pending,
    version: row.version,
    createdAt: row.createdAt.toISOString(),
  };
}

/** A channel that was sealed with a key that is lost has no secrets any more: they have to be entered again. */
function secretsThere(row: ChannelRow, keyring: Keyring): ChannelDto["secret"] {
  const has = (value: string | undefined) => value !== undefined && value !== "";
  try {
    const { url, token, password } = openSecrets(keyring, row.secretSealed, row.id);
    return { url: has(url), token: has(token), password: has(password) };
  } catch {
    return { url: false, token: false, password: false };
  }
}

/** One channel. Throws `not-found`, also for a removed one. */
export async function loadChannel(db: Database | Transaction, keyring: Keyring, id: string): Promise<ChannelDto> {
  const [row] = await db.select().from(channels).where(isThere(id));
  if (row === undefined) throw new LifeboatError("not-found", { entity: "channel", id });
  return toChannelDto(row, keyring, (await loadChannelFacts(db, [id])).get(id));
}

/** The row itself, locked until the transaction ends. Throws `not-found`. */
export async function lockChannel(tx: Transaction, id: string): Promise<ChannelRow> {
  const [row] = await tx.select().from(channels).where(isThere(id)).for("update");
  if (row === undefined) throw new LifeboatError("not-found", { entity: "channel", id });
  return row;
}

function isThere(id: string): SQL | undefined {
  return and(eq(channels.id, id), isNull(channels.removedAt));
}

export function toDeliveryDto(
  row: DeliveryRow,
  joined: { channel: Pick<ChannelRow, "name" | "config">; sourceName: string | null },
): DeliveryDto {
  const isOpen = row.state === "pending" || row.state === "held" || row.state === "sending";
  return {
    id: row.id,
    channelId: row.channelId,
    channelName: joined.channel.name,
    channelType: joined.channel.config.type,
    kind: row.kind,
    code: row.code,
    sourceId: row.sourceId,
    sourceName: joined.sourceName,
    state: row.state,
    attempts: row.attempts,
    responseStatus: row.responseStatus,
    error: row.error === null ? null : describeReason(row.error),
    createdAt: row.createdAt.toISOString(),
    nextAttemptAt: isOpen ? row.nextAttemptAt.toISOString() : null,
    sentAt: row.sentAt?.toISOString() ?? null,
  };
}

export function toAlertDto(row: typeof alerts.$inferSelect, sourceName: string | null): AlertDto {
  return {
    id: row.id,
    code: row.code,
    sourceId: row.sourceId,
    sourceName,
    params: row.params,
    openedAt: row.openedAt.toISOString(),
    lastAt: row.lastAt.toISOString(),
    count: row.count,
    resolvedAt: row.resolvedAt?.toISOString() ?? null,
  };
}

/** What the audit trail keeps of a channel; `recordAudit` masks the secret and keeps that it changed. */
export function auditedChannel(row: ChannelRow): Record<string, unknown> {
  const { name, config, host, enabled, alerts, sourceIds, language, quietHours, repeatHours } = row;
  return { name, config, host, enabled, alerts, sourceIds, language, quietHours, repeatHours, secret: row.secretSealed };
}
