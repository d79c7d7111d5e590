import { sql } from "drizzle-orm";
import type { Database } from "#lib/db/client";
import { idempotencyKeys } from "#lib/db/schema/idempotency-keys";
import { oneTimeLinks } from "#lib/db/schema/one-time-links";
import { installation } from "#lib/db/schema/installation";
import { sessions } from "#lib/db/schema/sessions";
import { setupTokens } from "#lib/db/schema/setup-tokens";
import { signInAttempts } from "#lib/db/schema/sign-in-attempts";
import { slots } from "#lib/db/schema/slots";
import { failureMemoryMs } from "#lib/domain/sign-in-delay";

const sessionsKept = sql`interval '90 days'`;
const linksKept = sql`interval '30 days'`;
const answersKept = sql`interval '1 day'`;
const slotsKept = sql`interval '400 days'`;
const failuresKept = sql`make_interval(secs => ${failureMemoryMs / 1000})`;

/**
 * Removes what nobody asks for any more: sessions that ended long ago (but the last one of each person, which tells when that was), links
 * and set-up tokens that were used or ran out, failures that count no longer, kept answers. By the catalogue's clock; the audit stays. What schedules did is kept for longer than a year, counted from
 * the newest time that nobody doubts.
 */
export async function forgetOldRows(db: Database): Promise<void> {
  const now = sql`clock_timestamp()`;
  await db.execute(sql`
    delete from ${sessions} old
     where coalesce(old.ended_at, old.expires_at) < ${now} - ${sessionsKept}
       and exists (select 1 from ${sessions} newer
                    where newer.user_id = old.user_id and (newer.last_seen_at, newer.id) > (old.last_seen_at, old.id))`);
  for (const links of [oneTimeLinks, setupTokens]) {
    await db.execute(sql`delete from ${links} where least(used_at, expires_at) < ${now} - ${linksKept}`);
  }
  await db.execute(sql`
    delete from ${signInAttempts}
     where last_failure_at < ${now} - ${failuresKept} and coalesce(blocked_until, last_failure_at) < ${now}`);
  await db.execute(sql`delete from ${idempotencyKeys} where created_at < ${now} - ${answersKept}`);
  await db.execute(sql`
    delete from ${slots} where state not in ('waiting', 'started')
       and nominal_at < (select least(${now}, max(last_seen_at)) from ${installation}) - ${slotsKept}`);
}
