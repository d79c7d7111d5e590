import { sql, type SQL } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { alerts } from "#lib/db/schema/alerts";
import { backups } from "#lib/db/schema/backups";
import { drills } from "#lib/db/schema/drills";
import { runs } from "#lib/db/schema/runs";
import { slots } from "#lib/db/schema/slots";
import { sources } from "#lib/db/schema/sources";
import { digestEnd, digestStart } from "#lib/domain/digest-week";
import type { Params } from "#lib/domain/error";
import type { ServiceContext } from "../context.ts";
import { listeningChannels } from "./alerts.ts";
import { queueDeliveries } from "./queue-delivery.ts";

const code = "weekly-digest";

/** Puts the digest of the week that ended into the outbox of each channel that wants it, once, Mondays from 08:00 UTC. A channel that is younger gets the next one. */
export async function queueDigests(tx: Transaction, context: ServiceContext): Promise<void> {
  const now = context.now();
  const end = digestEnd(now);
  const wanting = (await listeningChannels(tx)).filter(
    ({ alerts: wanted, createdAt }) => createdAt < end && (wanted === null || wanted.includes(code)),
  );
  if (wanting.length === 0) return;
  const dedupeKey = `digest:${end.toISOString().slice(0, 10)}`;
  const there = await tx.execute<{ channel_id: string }>(
    sql`select channel_id from lifeboat.deliveries where dedupe_key = ${dedupeKey} and kind = 'digest' and created_at >= ${end.toISOString()}::timestamptz`,
  );
  const has = new Set(there.map((row) => row.channel_id));
  for (const channel of wanting.filter(({ id }) => !has.has(id))) {
    const params = await countWeek(tx, end, channel.sourceIds);
    await queueDeliveries(tx, context, now, [
      {
        channelId: channel.id,
        kind: "digest",
        code,
        sourceId: null,
        payload: { type: "digest", code, params, sourceName: null, at: end.toISOString(), count: 1 },
        dedupeKey,
      },
    ]);
  }
}

async function countWeek(tx: Transaction, end: Date, sourceIds: readonly string[] | null): Promise<Params> {
  const from = sql`${digestStart(end).toISOString()}::timestamptz`;
  const to = sql`${end.toISOString()}::timestamptz`;
  const wanted = sourceIds === null ? sql`` : sql` and id = any(${sql.param([...sourceIds])}::text[])`;
  const ours = sql`(select id from ${sources} where removed_at is null and not is_sample${wanted})`;
  const count = (table: SQL, condition: SQL) => sql`(select count(*)::int from ${table} where ${condition} and source_id in ${ours})`;
  const within = (column: SQL) => sql`${column} >= ${from} and ${column} < ${to}`;
  const openOnes = sourceIds === null ? sql`` : sql` and source_id in ${ours}`;
  const [row] = await tx.execute<Record<"sources" | "backups" | "failed" | "missed" | "drills" | "open", number>>(sql`
    select (select count(*)::int from ${ours} as counted) as sources,
           ${count(sql`${backups}`, sql`state = 'available' and ${within(sql`snapshot_at`)}`)} as backups,
           ${count(sql`${runs}`, sql`type = 'backup' and state = 'failed' and ${within(sql`finished_at`)}`)} as failed,
           ${count(sql`${slots}`, sql`state = 'missed' and ${within(sql`coalesce(settled_at, nominal_at)`)}`)} as missed,
           ${count(sql`${drills}`, sql`state = 'closed' and proven and ${within(sql`closed_at`)}`)} as drills,
           (select count(*)::int from ${alerts} where resolved_at is null${openOnes}) as open`);
  if (row === undefined) throw new Error("the counts are missing");
  return { ...row };
}
