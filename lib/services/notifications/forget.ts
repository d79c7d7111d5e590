import { sql } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { alerts } from "#lib/db/schema/alerts";
import { channels } from "#lib/db/schema/channels";
import { deliveries } from "#lib/db/schema/deliveries";
import { events } from "#lib/db/schema/events";
import { installation } from "#lib/db/schema/installation";

/**
 * Removes what nobody looks at any more: changes that were handed on a month ago, messages of three months ago, pings of a week ago, alerts that ended a year ago, removed
 * channels that no message names. By the catalogue's clock, counted from the newest time that nobody doubts: a clock that is ahead forgets nothing.
 */
export async function forgetMessages(tx: Transaction): Promise<void> {
  const before = (age: string) => sql`(select least(clock_timestamp(), max(last_seen_at)) from ${installation}) - ${age}::interval`;
  await tx.execute(sql`delete from ${events} where at < ${before("30 days")} and handled_at is not null`);
  await tx.execute(sql`
    delete from ${deliveries} where created_at < ${before("90 days")} and state in ('sent', 'failed', 'dropped')
      and not exists (select 1 from ${alerts} open where open.id = alert_id and open.resolved_at is null)`);
  await tx.execute(sql`
    delete from ${deliveries} where created_at < ${before("7 days")} and kind = 'ping' and state in ('sent', 'failed', 'dropped')`);
  await tx.execute(sql`delete from ${alerts} where resolved_at < ${before("1 year")}`);
  await tx.execute(sql`
    delete from ${channels} gone where gone.removed_at < ${before("90 days")}
      and not exists (select 1 from ${deliveries} kept where kept.channel_id = gone.id)`);
}
