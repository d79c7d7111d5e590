import { sql, type SQL } from "drizzle-orm";
import type { Database } from "#lib/db/client";
import { idPrefixes, type Entity } from "#lib/domain/ids";
import { noProgress as nothingDone } from "#lib/services/runs/start";
import { insertDestination, insertWorker } from "./catalogue-rows.ts";
import { fillDrills } from "./large-drills.ts";
import { fillPolicy } from "./large-policy.ts";

/** How much of everything; every backup has a run of its own, and every second one was verified. */
export type CatalogueSize = {
  readonly sources: number;
  readonly backupsPerSource: number;
  readonly restores: number;
  readonly auditEvents: number;
  /** Backups whose tables, streams and steps are filled in: those that pages of one backup are asked for. */
  readonly detailed: number;
  readonly tablesPerBackup: number;
  /** Runs whose log is full, and how many lines of how many bytes that is. */
  readonly fullLogs: number;
  readonly logLines: number;
  readonly lineBytes: number;
};

/** 100,000 backups of 1,000 sources, as the suite makes them in seconds. */
export const suiteSize: CatalogueSize = {
  sources: 1000,
  backupsPerSource: 100,
  restores: 10_000,
  auditEvents: 100_000,
  detailed: 1000,
  tablesPerBackup: 40,
  fullLogs: 20,
  logLines: 10_000,
  lineBytes: 200,
};

/** The same with 5 GB of run log, as `scripts/scale.ts` makes it once, in minutes. */
export const fullSize: CatalogueSize = { ...suiteSize, auditEvents: 300_000, detailed: 20_000, fullLogs: 270, lineBytes: 1900 };

const serverCount = 40;
const peopleCount = 200;

/** An id that looks as random as a real one and that everybody can work out again: the entity and a number decide it. */
export function numberedId(entity: Entity, number: SQL): SQL {
  return sql`(${idPrefixes[entity]}::text || '_' || md5(${entity}::text || (${number})::text))`;
}

/** Ids of things in the middle of everything, for questions about one of them. */
export type LargeCatalogue = Readonly<
  Record<
    | "server"
    | "source"
    | "chain"
    | "backup"
    | "run"
    | "restore"
    | "user"
    | "import"
    | "drill"
    | "incident"
    | "schedule"
    | "policy"
    | "gate"
    | "channel",
    string
  >
>;

/**
 * Fills an empty catalogue by SQL alone. Instants lie within the last 30 days, where the strips look. In one transaction: a worker that is
 * there already sees everything or nothing, and does not propose drill plans for sources whose own are about to come.
 */
export async function fillLargeCatalogue(db: Database, size: CatalogueSize): Promise<LargeCatalogue> {
  await db.transaction(async (tx) => {
    const destinationId = await insertDestination(tx);
    await insertWorker(tx);
    await fillPeople(tx);
    await fillSources(tx, size);
    await fillBackups(tx, size, destinationId);
    await fillPacks(tx, size);
    await fillImports(tx);
    await fillRuns(tx, size);
    await fillDetails(tx, size);
    await fillLogs(tx, size);
    await fillRestores(tx, size);
    await fillDrills(tx, size.sources, numberedId);
    await fillPolicy(tx, size.sources, numberedId);
    await fillAuditEvents(tx, size);
  });
  await db.execute(sql`vacuum analyze`);
  return idsInTheMiddle(db, size);
}

const source = numberedId("source", sql`s`);
/** Backup `b` of source `s`; the newest has `b` = 1. */
const backupNumber = sql`s * 1000 + b`;
const backup = numberedId("backup", backupNumber);
const backupRun = numberedId("run", backupNumber);
const byLifeboat = sql`'system', 'Lifeboat'`;
const noProgress = sql`${JSON.stringify(nothingDone)}::jsonb`;

/** One backup every seven hours, at another second for each source. */
const at = sql`now() - make_interval(hours => b * 7, secs => s)`;

function each(size: CatalogueSize): SQL {
  return sql`from generate_series(1, ${size.sources}::int) as s, generate_series(1, ${size.backupsPerSource}::int) as b`;
}

async function fillPeople(db: Database): Promise<void> {
  const person = numberedId("user", sql`n`);
  const people = sql`generate_series(0, ${peopleCount - 1}::int) as n`;
  await db.execute(sql`insert into lifeboat.users (id, email, name, role, created_at, updated_at)
    select ${person}, 'person' || n || '@example.org', 'Person ' || n, 'viewer', now(), now() from ${people}`);
  await db.execute(sql`insert into lifeboat.sessions (id, user_id, address, user_agent, created_at, last_seen_at, expires_at)
    select ${numberedId("session", sql`n * 100 + k`)}, ${person}, '192.0.2.1', 'test', now(), now(), now() + interval '1 day'
    from ${people}, generate_series(1, 10) as k`);
}

async function fillSources(db: Database, size: CatalogueSize): Promise<void> {
  await db.execute(sql`insert into lifeboat.servers (id, slug, name, host, port, tls_mode, username, maintenance_database, created_at, updated_at)
    select ${numberedId("server", sql`n`)}, 'scale-server-' || n, 'Server ' || n, 'db' || n || '.example.org', 5432, 'prefer', 'backup',
      'postgres', now(), now() from generate_series(0, ${serverCount - 1}::int) as n`);
  await db.execute(sql`insert into lifeboat.sources (id, slug, name, engine, server_id, database, environment, size_bytes, created_at, updated_at)
    select ${source}, 'scale-' || s, 'Source ' || s, 'postgres', ${numberedId("server", sql`s % ${serverCount}`)}, 'db' || s,
      case when s % 3 = 0 then 'production' when s % 3 = 1 then 'staging' else 'development' end, s * 1000000::bigint,
      now() - interval '60 days', now()
    from generate_series(1, ${size.sources}::int) as s`);
  await db.execute(sql`insert into lifeboat.chains (id, source_id, seed, average_segment_bytes, format_version, created_at)
    select ${numberedId("chain", sql`s`)}, ${source}, '00', 65536, 1, now() from generate_series(1, ${size.sources}::int) as s`);
}

async function fillBackups(db: Database, size: CatalogueSize, destinationId: string): Promise<void> {
  await db.execute(sql`insert into lifeboat.backups (id, source_id, chain_id, run_id, kind, state, fencing_token, trigger, reason, label, pinned,
      database, snapshot_at, started_at, finished_at, stream_bytes, stored_bytes, table_count, row_count, server_version, tool_version,
      file_name, manifest, listing, created_by_type, created_by_name)
    select ${backup}, ${source}, ${numberedId("chain", sql`s`)}, ${backupRun}, 'full', 'available', 1, 'manual',
      case when b % 10 = 0 then 'before the release ' || b else '' end, case when b = 50 then 'label ' || s else '' end, b = 99,
      'db' || s, ${at}, ${at}, ${at} + interval '20 seconds', s * 1000000::bigint + b, s * 300000::bigint + b,
      ${size.tablesPerBackup}, 1000000, '15.20', '15.20', 'scale-' || s || '_20261122T010203Z_full_' || b || '.dump.zst',
      jsonb_build_object('properties', null, 'extensions', '[]'::jsonb, 'roles', jsonb_build_array('app', 'reader'), 'tablespaces', '[]'::jsonb,
        'globalsSql', repeat('CREATE ROLE app; ', 20), 'migrationHead', null, 'excludedSchemas', '[]'::jsonb, 'excludedTables', '[]'::jsonb,
        'sequences', '[{"schema":"public","name":"orders_id_seq","lastValue":"4711"}]'::jsonb),
      repeat('; 3357; 0 16402 TABLE DATA public orders app' || chr(10), ${size.tablesPerBackup}::int), ${byLifeboat}
    ${each(size)}`);
  await db.execute(sql`insert into lifeboat.copies (id, backup_id, source_id, destination_id, state, stored_at, verified_at, failed_at)
    select ${numberedId("copy", backupNumber)}, ${backup}, ${source}, ${destinationId}, 'stored', ${at}, case when b % 2 = 0 then ${at} end,
      case when s % 100 = 7 and b = 1 then now() end
    ${each(size)}`);
  await db.execute(sql`insert into lifeboat.validations (id, backup_id, destination_id, run_id, level, verdict, checks, at, duration_ms)
    select ${numberedId("validation", backupNumber)}, ${backup}, ${destinationId}, ${numberedId("run", sql`'verify' || ${backupNumber}`)},
      case when b = 4 then 'proven' else 'verified' end, 'passed',
      '[{"code":"pack","verdict":"passed","expected":"0123456789abcdef","actual":"0123456789abcdef"}]', ${at}, 1000
    ${each(size)} where b % 2 = 0`);
}

/** Every backup has its pack; most are members that need two older ones. */
async function fillPacks(db: Database, size: CatalogueSize): Promise<void> {
  await db.execute(sql`insert into lifeboat.packs (id, backup_id, key, bytes, pack_sha256, stored_bytes, stored_sha256)
    select ${numberedId("pack", backupNumber)}, ${backup}, 'scale-' || s || '/' || b, 300000, repeat('0123456789abcdef', 4), 300000,
      repeat('0123456789abcdef', 4) ${each(size)}`);
  const older = sql`s * 1000 + b + o`;
  await db.execute(sql`insert into lifeboat.backup_dependencies (backup_id, needs_id, reason, pack_id, pack_key, read_bytes, ranges)
    select ${backup}, ${numberedId("backup", older)}, 'packs', ${numberedId("pack", older)}, 'scale-' || s || '/' || b + o, 100000, 10
    ${each(size)}, generate_series(1, 2) as o where b % 7 > 1 and b + o <= ${size.backupsPerSource}::int`);
}

async function fillImports(db: Database): Promise<void> {
  await db.execute(sql`insert into lifeboat.imports (id, origin, state, file_name, bytes, received_bytes, created_by_type, created_by_name, created_at,
      touched_at)
    select ${numberedId("import", sql`n`)}, 'upload', 'failed', 'old ' || n || '.dump', 1000, 1000, ${byLifeboat},
      now() - make_interval(hours => n), now() from generate_series(1, 3000) as n`);
}

async function fillRuns(db: Database, size: CatalogueSize): Promise<void> {
  const columns = sql`id, type, state, subject, source_id, backup_id, trigger, progress, error, created_by_type, created_by_name,
      queued_at, started_at, finished_at`;
  await db.execute(sql`insert into lifeboat.runs (${columns})
    select ${backupRun}, 'backup', 'succeeded', ${source}, ${source}, ${backup}, 'manual', ${noProgress}, null, ${byLifeboat}, ${at}, ${at}, ${at}
    ${each(size)}`);
  await db.execute(sql`insert into lifeboat.runs (${columns})
    select ${numberedId("run", sql`'verify' || ${backupNumber}`)}, 'verify', 'succeeded', ${backup}, ${source}, ${backup}, 'manual',
      ${noProgress}, null, ${byLifeboat}, ${at}, ${at}, ${at}
    ${each(size)} where b % 2 = 0`);
  // A few failed lately, as happens: what is rare must not be looked for from end to end.
  await db.execute(sql`insert into lifeboat.runs (${columns})
    select ${numberedId("run", sql`'failed' || s`)}, 'backup', 'failed', ${source}, ${source}, null, 'manual', ${noProgress},
      '{"code":"host-unknown","params":{"host":"db.example.org"}}', ${byLifeboat}, now() - make_interval(days => s / 50),
      now() - make_interval(days => s / 50), now() - make_interval(days => s / 50)
    from generate_series(1, ${size.sources}::int) as s where s % 10 = 0`);
}

async function fillDetails(db: Database, size: CatalogueSize): Promise<void> {
  const detailed = sql`from generate_series(1, ${size.sources}::int) as s, generate_series(1, ${size.backupsPerSource}::int) as b
    where (b - 1) * ${size.sources} + s <= ${size.detailed}`;
  await db.execute(sql`insert into lifeboat.backup_tables (backup_id, schema, "table", rows, bytes, sha256)
    select ${backup}, 'public', 'table_' || t, t * 1000, t * 100000, repeat('0123456789abcdef', 4)
    from (select s, b ${detailed}) as chosen, generate_series(1, ${size.tablesPerBackup}::int) as t`);
  await db.execute(sql`insert into lifeboat.backup_streams (backup_id, name, bytes, sha256, root_hash, segments)
    select ${backup}, 'base', 1000000, repeat('0123456789abcdef', 4), repeat('0123456789abcdef', 4), 16 ${detailed}`);
  await db.execute(sql`insert into lifeboat.run_steps (run_id, ordinal, code, state, started_at, finished_at)
    select ${backupRun}, n, (array['connect', 'dump', 'publish', 'check-pack'])[n], 'done', ${at}, ${at}
    from (select s, b ${detailed}) as chosen, generate_series(1, 4) as n`);
}

async function fillLogs(db: Database, size: CatalogueSize): Promise<void> {
  // 32 digits after 32 digits: not compressed, because a line of this length stays in its row.
  await db.execute(sql`insert into lifeboat.run_log (run_id, seq, at, level, text)
    select ${numberedId("run", sql`s * 1000 + 1`)}, line, now(), 'info', left(repeat(md5(line::text), ${Math.ceil(size.lineBytes / 32)}::int), ${size.lineBytes}::int)
    from generate_series(1, ${size.fullLogs}::int) as s, generate_series(1, ${size.logLines}::int) as line`);
}

async function fillRestores(db: Database, size: CatalogueSize): Promise<void> {
  const restore = numberedId("restore", sql`n`);
  const run = numberedId("run", sql`'restore' || n`);
  const chosen = sql`(1 + n % ${size.sources}) * 1000 + 1 + n % ${size.backupsPerSource}`;
  const server = numberedId("server", sql`n % ${serverCount}`);
  const ago = sql`now() - make_interval(mins => n * 4)`;
  await db.execute(sql`insert into lifeboat.runs (id, type, state, subject, source_id, backup_id, restore_id, trigger, progress, created_by_type,
      created_by_name, queued_at, started_at, finished_at)
    select ${run}, 'restore', 'succeeded', 'scale/' || n, ${numberedId("source", sql`1 + n % ${size.sources}`)}, ${numberedId("backup", chosen)},
      ${restore}, 'manual', ${noProgress}, ${byLifeboat}, ${ago}, ${ago}, ${ago}
    from generate_series(1, ${size.restores}::int) as n`);
  await db.execute(sql`insert into lifeboat.restores (id, run_id, backup_id, server_id, database, content, owners, jobs, created_database, outcome,
      comparison, created_at)
    select ${restore}, ${run}, ${numberedId("backup", chosen)}, ${server}, 'copy_' || n, 'all', 'keep', 2, true, 'created', null, ${ago}
    from generate_series(1, ${size.restores}::int) as n`);
}

async function fillAuditEvents(db: Database, size: CatalogueSize): Promise<void> {
  await db.execute(sql`insert into lifeboat.audit_events (id, at, actor_type, actor_id, actor_name, action, target_type, target_id, target_name,
      address, request_id, before, after)
    select ${numberedId("auditEvent", sql`n`)}, now() - make_interval(secs => n * 25), 'user', ${numberedId("user", sql`n % ${peopleCount}`)},
      'Person ' || n % ${peopleCount}, (array['backup.create', 'backup.verify', 'backup.delete', 'source.update', 'user.sign-in'])[1 + n % 5],
      (array['backup', 'backup', 'backup', 'source', 'user'])[1 + n % 5],
      ${numberedId("backup", sql`(1 + n % ${size.sources}) * 1000 + 1 + n % ${size.backupsPerSource}`)}, 'Source ' || n % ${size.sources},
      '192.0.2.' || n % 250, md5(n::text), case when n % 5 = 3 then '{"notes":"before"}'::jsonb end,
      case when n % 5 = 3 then '{"notes":"after"}'::jsonb end
    from generate_series(1, ${size.auditEvents}::int) as n`);
}

/** The ids that `fillLargeCatalogue` answers with, of a catalogue that was filled before. */
export async function idsInTheMiddle(db: Database, size: CatalogueSize): Promise<LargeCatalogue> {
  const [row] = await db.execute<LargeCatalogue>(sql`select ${numberedId("server", sql`7`)} as server,
    ${numberedId("source", sql`7`)} as source, ${numberedId("chain", sql`7`)} as chain, ${numberedId("backup", sql`7001`)} as backup,
    ${numberedId("run", sql`7001`)} as run, ${numberedId("restore", sql`${size.restores}::int / 2`)} as restore,
    ${numberedId("user", sql`7`)} as user, ${numberedId("import", sql`7`)} as import,
    ${numberedId("drill", sql`707`)} as drill, ${numberedId("incident", sql`7`)} as incident,
    ${numberedId("schedule", sql`71`)} as schedule, (select min(id) from lifeboat.retention_policies) as policy,
    ${numberedId("gate", sql`7`)} as gate, ${numberedId("channel", sql`7`)} as channel`);
  if (row === undefined) throw new Error("a select without a row");
  return { ...row };
}
