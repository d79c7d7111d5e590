import { sql, type SQL } from "drizzle-orm";
import type { Database } from "#lib/db/client";
import type { Entity } from "#lib/domain/ids";

type NumberedId = (entity: Entity, number: SQL) => SQL;

const drillsPerSource = 12;
const checksPerDrill = 15;
const incidentCount = 2000;

/** A plan for each source, a year of monthly drills with their checks, and incidents of which one in ten is open. */
export async function fillDrills(db: Database, sources: number, idOf: NumberedId): Promise<void> {
  const source = idOf("source", sql`s`);
  const drill = idOf("drill", sql`s * 100 + d`);
  const at = sql`date_trunc('milliseconds', now() - make_interval(days => 30 * (${drillsPerSource} - d), mins => s))`;
  const each = sql`from generate_series(1, ${sources}::int) as s, generate_series(1, ${drillsPerSource}::int) as d`;
  await db.execute(sql`insert into lifeboat.drill_plans (id, source_id, selection, target, cadence, grace_days, checks, next_due_at, created_at, updated_at)
    select ${idOf("drillPlan", sql`s`)}, ${source}, '{"type":"latest"}', '{"type":"automatic"}', '{"unit":"months","every":1}', 7, '[]',
      now() + make_interval(days => s % 40 - 10), now(), now()
    from generate_series(1, ${sources}::int) as s`);
  await db.execute(sql`insert into lifeboat.drill_playbooks (plan_id, version, text, author_name, created_at)
    select ${idOf("drillPlan", sql`s`)}, v, repeat('Call somebody. ', 100), 'Person 7', now()
    from generate_series(1, ${sources}::int) as s, generate_series(1, 2) as v`);
  await db.execute(sql`insert into lifeboat.drills (id, source_id, plan_id, state, trigger, operator_name, wanted_target, playbook_version, playbook,
      recovery_time_seconds, clock_started_at, clock_stopped_at, machine_ms, verdict, proven, started_at, closed_at, events)
    select ${drill}, ${source}, ${idOf("drillPlan", sql`s`)}, 'closed', 'manual', 'Person 7', '{"type":"automatic"}', 1, repeat('Call somebody. ', 100),
      900, ${at}, ${at} + interval '4 minutes', 55000, (array['passed', 'passed', 'passed-with-findings', 'failed'])[1 + (s + d) % 4], (s + d) % 4 < 3, ${at},
      ${at} + interval '10 minutes', '[]'
    ${each}`);
  const definition = sql`jsonb_build_object('key', 'check-' || n, 'name', '', 'mandatory', true, 'type', 'content')`;
  await db.execute(sql`insert into lifeboat.drill_checks (drill_id, key, ordinal, type, name, mandatory, definition, state, expected, actual, duration_ms)
    select ${drill}, 'check-' || n, n, 'content', '', true, ${definition}, 'passed', '42 tables', '42 tables', 100
    from (select s, d ${each}) as chosen, generate_series(1, ${checksPerDrill}) as n`);
  await db.execute(sql`insert into lifeboat.incidents (id, title, kind, severity, state, source_id, checklist, timeline, opened_at, opened_by_name, closed_at)
    select ${idOf("incident", sql`n`)}, 'Incident ' || n, 'manual', (array['low', 'medium', 'high', 'critical'])[1 + n % 4],
      case when n % 10 = 0 then 'open' else 'closed' end, ${idOf("source", sql`1 + n % ${sources}`)}, '[]', '[]',
      now() - make_interval(hours => n), 'Person 7', case when n % 10 = 0 then null else now() end
    from generate_series(1, ${incidentCount}) as n`);
}
