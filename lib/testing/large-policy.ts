import { sql, type SQL } from "drizzle-orm";
import type { Database } from "#lib/db/client";
import type { Entity } from "#lib/domain/ids";

type NumberedId = (entity: Entity, number: SQL) => SQL;

/** Five schedules a source, a slot of each on every one of 30 days (a few missed), a fingerprint a day, and alerts as an evening has them. */
export async function fillPolicy(db: Database, sourceCount: number, idOf: NumberedId): Promise<void> {
  const sources = sql`generate_series(1, ${sourceCount}::int) as s`;
  const task = sql`(array['full', 'differential', 'incremental', 'verify', 'clean-up'])[t]`;
  await db.execute(sql`insert into lifeboat.schedules (id, source_id, task, cron, time_zone, next_due_at, created_at, updated_at)
    select ${idOf("schedule", sql`s * 10 + t`)}, ${idOf("source", sql`s`)}, ${task}, '0 23 * * *', 'UTC',
      now() + make_interval(mins => 1 + s % 1440), now(), now()
    from ${sources}, generate_series(1, 5) as t`);
  await db.execute(sql`insert into lifeboat.slots (id, schedule_id, source_id, task, nominal_at, state, start_at, expires_at, settled_at)
    select ${idOf("slot", sql`(s * 10 + t) * 100 + d`)}, ${idOf("schedule", sql`s * 10 + t`)}, ${idOf("source", sql`s`)}, ${task},
      now() - make_interval(days => d, mins => s % 1440), case when (s + d) % 40 = 0 then 'missed' else 'done' end, now(), now(), now()
    from ${sources}, generate_series(1, 5) as t, generate_series(0, 29) as d where t = 3 or d % 7 = 0`);
  await db.execute(sql`insert into lifeboat.fingerprints (id, source_id, day, backup_id, at, row_count, table_count, tables)
    select ${idOf("fingerprint", sql`s * 100 + d`)}, ${idOf("source", sql`s`)}, to_char(now() - make_interval(days => d), 'YYYY-MM-DD'), 'gone',
      now() - make_interval(days => d), 1000, 40, rows
    from ${sources}, generate_series(0, 29) as d,
      (select jsonb_agg(jsonb_build_array('public', 'table_' || t, t * 1000, null)) as rows from generate_series(1, 40) as t) as tables`);
  await db.execute(sql`insert into lifeboat.alerts (id, key, code, source_id, params, opened_at, last_at, resolved_at)
    select ${idOf("alert", sql`s`)}, 'backup-failed:' || s, 'backup-failed', ${idOf("source", sql`s`)}, '{}', now() - make_interval(hours => s), now(),
      case when s % 10 > 0 then now() end
    from ${sources}`);
  await fillTold(db, sourceCount, idOf);
}

/** Deployments that asked first, channels and what went out through them. */
async function fillTold(db: Database, sourceCount: number, idOf: NumberedId): Promise<void> {
  const source = idOf("source", sql`1 + n % ${sourceCount}`);
  await db.execute(sql`insert into lifeboat.gates (id, source_id, state, kind, checker, created_by_type, created_by_name, started_at, ended_at, deadline_at)
    select ${idOf("gate", sql`n`)}, ${source}, case when n % 9 = 0 then 'failed' else 'passed' end, 'full', 'none', 'token', 'deploy',
      now() - make_interval(mins => n * 10), now() - make_interval(mins => n * 10 - 5), now() - make_interval(mins => n * 10 - 60)
    from generate_series(1, 3000) as n`);
  await db.execute(sql`insert into lifeboat.channels (id, name, config, created_at, updated_at)
    select ${idOf("channel", sql`c`)}, 'Channel ' || c, '{"type":"slack"}', now(), now() from generate_series(1, 10) as c`);
  await db.execute(sql`insert into lifeboat.deliveries (id, channel_id, kind, code, source_id, payload, dedupe_key, state, next_attempt_at, created_at, sent_at)
    select ${idOf("delivery", sql`n`)}, ${idOf("channel", sql`1 + n % 10`)}, 'alert', 'backup-failed', ${source}, '{}', 'scale:' || n,
      case when n % 50 = 0 then 'failed' else 'sent' end, now(), now() - make_interval(mins => n), now()
    from generate_series(1, 20000) as n`);
}
