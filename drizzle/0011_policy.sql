CREATE TABLE "lifeboat"."alerts" (
	"id" text PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"code" text NOT NULL,
	"source_id" text,
	"params" jsonb NOT NULL,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"last_at" timestamp (3) with time zone NOT NULL,
	"count" integer DEFAULT 1 NOT NULL,
	"resolved_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."channels" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"config" jsonb NOT NULL,
	"secret_sealed" text,
	"host" text,
	"enabled" boolean DEFAULT true NOT NULL,
	"alerts" jsonb,
	"source_ids" text[],
	"language" text DEFAULT 'en' NOT NULL,
	"quiet_hours" jsonb,
	"repeat_hours" integer,
	"removed_at" timestamp (3) with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."deliveries" (
	"id" text PRIMARY KEY NOT NULL,
	"channel_id" text NOT NULL,
	"kind" text NOT NULL,
	"code" text NOT NULL,
	"source_id" text,
	"alert_id" text,
	"payload" jsonb NOT NULL,
	"dedupe_key" text NOT NULL,
	"state" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp (3) with time zone NOT NULL,
	"claimed_until" timestamp (3) with time zone,
	"response_status" integer,
	"error" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	"sent_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."events" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"type" text NOT NULL,
	"source_id" text,
	"subject_id" text NOT NULL,
	"payload" jsonb NOT NULL,
	"handled_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."fingerprints" (
	"id" text PRIMARY KEY NOT NULL,
	"source_id" text NOT NULL,
	"day" text NOT NULL,
	"backup_id" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"row_count" bigint NOT NULL,
	"table_count" integer NOT NULL,
	"migration_head" text,
	"tables" jsonb NOT NULL,
	"findings" jsonb DEFAULT '[]'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."gates" (
	"id" text PRIMARY KEY NOT NULL,
	"source_id" text NOT NULL,
	"state" text NOT NULL,
	"kind" text NOT NULL,
	"commit" text DEFAULT '' NOT NULL,
	"operator" text DEFAULT '' NOT NULL,
	"checker" text NOT NULL,
	"command" text,
	"backup_id" text,
	"backup_run_id" text,
	"verify_run_id" text,
	"check_run_id" text,
	"exit_code" integer,
	"output" text DEFAULT '' NOT NULL,
	"error" jsonb,
	"created_by_type" text NOT NULL,
	"created_by_id" text,
	"created_by_name" text NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"backed_up_at" timestamp (3) with time zone,
	"verified_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"deadline_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."retention_policies" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"rule" jsonb NOT NULL,
	"grace_days" integer DEFAULT 3 NOT NULL,
	"after_backup" boolean DEFAULT false NOT NULL,
	"built_in" boolean DEFAULT false NOT NULL,
	"is_default" boolean DEFAULT false NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."schedules" (
	"id" text PRIMARY KEY NOT NULL,
	"source_id" text NOT NULL,
	"task" text NOT NULL,
	"cron" text NOT NULL,
	"time_zone" text NOT NULL,
	"window_minutes" integer,
	"jitter_seconds" integer DEFAULT 0 NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"worker_group" text,
	"on_missed" text DEFAULT 'catch-up' NOT NULL,
	"on_overlap" text DEFAULT 'wait' NOT NULL,
	"retries" integer DEFAULT 2 NOT NULL,
	"retry_minutes" integer DEFAULT 5 NOT NULL,
	"paused_until" timestamp (3) with time zone,
	"next_due_at" timestamp (3) with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."settings" (
	"key" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."slots" (
	"id" text PRIMARY KEY NOT NULL,
	"schedule_id" text,
	"source_id" text NOT NULL,
	"task" text NOT NULL,
	"nominal_at" timestamp (3) with time zone NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"late" boolean DEFAULT false NOT NULL,
	"start_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"run_id" text,
	"settled_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "lifeboat"."backups" ADD COLUMN "trash_reason" text;--> statement-breakpoint
ALTER TABLE "lifeboat"."backups" ADD COLUMN "trashed_by_name" text;--> statement-breakpoint
ALTER TABLE "lifeboat"."backups" ADD COLUMN "purge_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "lifeboat"."installation" ADD COLUMN "clock_suspect_since" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "lifeboat"."installation" ADD COLUMN "clock_jump_seconds" bigint;--> statement-breakpoint
ALTER TABLE "lifeboat"."runs" ADD COLUMN "slot_id" text;--> statement-breakpoint
ALTER TABLE "lifeboat"."runs" ADD COLUMN "gate_id" text;--> statement-breakpoint
ALTER TABLE "lifeboat"."sources" ADD COLUMN "paused_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "lifeboat"."sources" ADD COLUMN "retention_policy_id" text;--> statement-breakpoint
ALTER TABLE "lifeboat"."sources" ADD COLUMN "expected_every_seconds" integer;--> statement-breakpoint
ALTER TABLE "lifeboat"."sources" ADD COLUMN "fingerprint_settings" jsonb;--> statement-breakpoint
ALTER TABLE "lifeboat"."sources" ADD COLUMN "status_key_hash" text;--> statement-breakpoint
ALTER TABLE "lifeboat"."deliveries" ADD CONSTRAINT "deliveries_channel_id_channels_id_fk" FOREIGN KEY ("channel_id") REFERENCES "lifeboat"."channels"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."fingerprints" ADD CONSTRAINT "fingerprints_source_id_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "lifeboat"."sources"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."gates" ADD CONSTRAINT "gates_source_id_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "lifeboat"."sources"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."schedules" ADD CONSTRAINT "schedules_source_id_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "lifeboat"."sources"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."slots" ADD CONSTRAINT "slots_schedule_id_schedules_id_fk" FOREIGN KEY ("schedule_id") REFERENCES "lifeboat"."schedules"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."slots" ADD CONSTRAINT "slots_source_id_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "lifeboat"."sources"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "alerts_open_key" ON "lifeboat"."alerts" USING btree ("key") WHERE "lifeboat"."alerts"."resolved_at" is null;--> statement-breakpoint
CREATE INDEX "alerts_opened_idx" ON "lifeboat"."alerts" USING btree ("opened_at","id");--> statement-breakpoint
CREATE INDEX "alerts_source_idx" ON "lifeboat"."alerts" USING btree ("source_id");--> statement-breakpoint
CREATE UNIQUE INDEX "deliveries_dedupe_key" ON "lifeboat"."deliveries" USING btree ("channel_id","dedupe_key");--> statement-breakpoint
CREATE INDEX "deliveries_open_idx" ON "lifeboat"."deliveries" USING btree ("next_attempt_at","id") WHERE "lifeboat"."deliveries"."state" in ('pending', 'held', 'sending');--> statement-breakpoint
CREATE INDEX "deliveries_created_idx" ON "lifeboat"."deliveries" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "deliveries_channel_idx" ON "lifeboat"."deliveries" USING btree ("channel_id","created_at");--> statement-breakpoint
CREATE INDEX "events_open_idx" ON "lifeboat"."events" USING btree ("id") WHERE "lifeboat"."events"."handled_at" is null;--> statement-breakpoint
CREATE INDEX "events_at_idx" ON "lifeboat"."events" USING btree ("at");--> statement-breakpoint
CREATE UNIQUE INDEX "fingerprints_day_key" ON "lifeboat"."fingerprints" USING btree ("source_id","day");--> statement-breakpoint
CREATE INDEX "gates_started_idx" ON "lifeboat"."gates" USING btree ("started_at","id");--> statement-breakpoint
CREATE INDEX "gates_source_idx" ON "lifeboat"."gates" USING btree ("source_id","started_at");--> statement-breakpoint
CREATE INDEX "gates_open_idx" ON "lifeboat"."gates" USING btree ("deadline_at") WHERE "lifeboat"."gates"."state" not in ('passed', 'failed');--> statement-breakpoint
CREATE UNIQUE INDEX "retention_policies_name_key" ON "lifeboat"."retention_policies" USING btree (lower("name"));--> statement-breakpoint
CREATE UNIQUE INDEX "retention_policies_default_key" ON "lifeboat"."retention_policies" USING btree ("is_default") WHERE "lifeboat"."retention_policies"."is_default";--> statement-breakpoint
CREATE INDEX "schedules_due_idx" ON "lifeboat"."schedules" USING btree ("next_due_at","id");--> statement-breakpoint
CREATE INDEX "schedules_source_idx" ON "lifeboat"."schedules" USING btree ("source_id");--> statement-breakpoint
CREATE UNIQUE INDEX "slots_nominal_key" ON "lifeboat"."slots" USING btree ("schedule_id","nominal_at");--> statement-breakpoint
CREATE INDEX "slots_open_idx" ON "lifeboat"."slots" USING btree ("start_at","id") WHERE "lifeboat"."slots"."state" in ('waiting', 'started');--> statement-breakpoint
CREATE INDEX "slots_source_idx" ON "lifeboat"."slots" USING btree ("source_id","nominal_at");--> statement-breakpoint
CREATE INDEX "slots_time_idx" ON "lifeboat"."slots" USING btree ("nominal_at");--> statement-breakpoint
CREATE INDEX "slots_run_idx" ON "lifeboat"."slots" USING btree ("run_id");--> statement-breakpoint
ALTER TABLE "lifeboat"."sources" ADD CONSTRAINT "sources_retention_policy_id_retention_policies_id_fk" FOREIGN KEY ("retention_policy_id") REFERENCES "lifeboat"."retention_policies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "backups_trash_idx" ON "lifeboat"."backups" USING btree ("purge_at","id") WHERE "lifeboat"."backups"."state" = 'trashed';--> statement-breakpoint
CREATE INDEX "runs_server_active_idx" ON "lifeboat"."runs" USING btree ("server_id") WHERE "lifeboat"."runs"."state" = 'running';--> statement-breakpoint
ALTER TABLE "lifeboat"."sources" ADD CONSTRAINT "sources_status_key_hash_unique" UNIQUE("status_key_hash");--> statement-breakpoint
CREATE FUNCTION "lifeboat"."note_event"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changed jsonb := to_jsonb(NEW);
BEGIN
  INSERT INTO "lifeboat"."events" ("at", "type", "source_id", "subject_id", "payload")
  VALUES (clock_timestamp(), TG_ARGV[0] || '.' || (changed ->> 'state'), changed ->> 'source_id', changed ->> 'id', jsonb_strip_nulls(jsonb_build_object(
    'from', CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) ->> 'state' END,
    'to', changed ->> 'state',
    'type', changed ->> 'type',
    'trigger', changed ->> 'trigger',
    'kind', changed ->> 'kind',
    'task', changed ->> 'task',
    'reason', changed ->> 'reason',
    'verdict', changed ->> 'verdict',
    'error', changed -> 'error' ->> 'code',
    'backupId', changed ->> 'backup_id',
    'runId', changed ->> 'run_id',
    'drillId', changed ->> 'drill_id',
    'slotId', changed ->> 'slot_id',
    'gateId', changed ->> 'gate_id',
    'nominalAt', changed ->> 'nominal_at'
  )));
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE FUNCTION "lifeboat"."note_copy_event"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "lifeboat"."events" ("at", "type", "source_id", "subject_id", "payload")
  VALUES (clock_timestamp(), CASE WHEN NEW."failed_at" IS NULL AND NEW."state" = 'stored' THEN 'copy.passed' ELSE 'copy.failed' END,
    NEW."source_id", NEW."id", jsonb_strip_nulls(jsonb_build_object(
      'backupId', NEW."backup_id", 'destinationId', NEW."destination_id", 'state', NEW."state", 'error', NEW."failure" ->> 'code')));
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE FUNCTION "lifeboat"."tell_events"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('lifeboat_events', '');
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE FUNCTION "lifeboat"."tell_changed_sources"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('lifeboat_changes', 'source:' || changed.source_id)
    FROM (SELECT DISTINCT source_id FROM changed_rows) AS changed;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE FUNCTION "lifeboat"."tell_source"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('lifeboat_changes', 'source:' || NEW."id");
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE FUNCTION "lifeboat"."tell_actors"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('lifeboat_changes', 'actors');
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "runs_event_insert" AFTER INSERT ON "lifeboat"."runs" FOR EACH ROW WHEN (NEW."state" = 'queued' AND NOT NEW."is_probe") EXECUTE FUNCTION "lifeboat"."note_event"('run');
--> statement-breakpoint
CREATE TRIGGER "runs_event_update" AFTER UPDATE OF "state" ON "lifeboat"."runs" FOR EACH ROW WHEN (OLD."state" IS DISTINCT FROM NEW."state" AND NOT NEW."is_probe") EXECUTE FUNCTION "lifeboat"."note_event"('run');
--> statement-breakpoint
CREATE TRIGGER "slots_event_insert" AFTER INSERT ON "lifeboat"."slots" FOR EACH ROW WHEN (NEW."state" IN ('missed', 'skipped')) EXECUTE FUNCTION "lifeboat"."note_event"('slot');
--> statement-breakpoint
CREATE TRIGGER "slots_event_update" AFTER UPDATE OF "state" ON "lifeboat"."slots" FOR EACH ROW WHEN (OLD."state" IS DISTINCT FROM NEW."state") EXECUTE FUNCTION "lifeboat"."note_event"('slot');
--> statement-breakpoint
CREATE TRIGGER "drills_event_insert" AFTER INSERT ON "lifeboat"."drills" FOR EACH ROW WHEN (NEW."state" NOT IN ('closed', 'aborted')) EXECUTE FUNCTION "lifeboat"."note_event"('drill');
--> statement-breakpoint
CREATE TRIGGER "drills_event_update" AFTER UPDATE OF "state" ON "lifeboat"."drills" FOR EACH ROW WHEN (OLD."state" IS DISTINCT FROM NEW."state") EXECUTE FUNCTION "lifeboat"."note_event"('drill');
--> statement-breakpoint
CREATE TRIGGER "incidents_event_insert" AFTER INSERT ON "lifeboat"."incidents" FOR EACH ROW EXECUTE FUNCTION "lifeboat"."note_event"('incident');
--> statement-breakpoint
CREATE TRIGGER "incidents_event_update" AFTER UPDATE OF "state" ON "lifeboat"."incidents" FOR EACH ROW WHEN (OLD."state" IS DISTINCT FROM NEW."state") EXECUTE FUNCTION "lifeboat"."note_event"('incident');
--> statement-breakpoint
CREATE TRIGGER "gates_event_insert" AFTER INSERT ON "lifeboat"."gates" FOR EACH ROW EXECUTE FUNCTION "lifeboat"."note_event"('gate');
--> statement-breakpoint
CREATE TRIGGER "gates_event_update" AFTER UPDATE OF "state" ON "lifeboat"."gates" FOR EACH ROW WHEN (OLD."state" IS DISTINCT FROM NEW."state") EXECUTE FUNCTION "lifeboat"."note_event"('gate');
--> statement-breakpoint
CREATE TRIGGER "backups_event_update" AFTER UPDATE OF "state" ON "lifeboat"."backups" FOR EACH ROW WHEN (OLD."state" IS DISTINCT FROM NEW."state") EXECUTE FUNCTION "lifeboat"."note_event"('backup');
--> statement-breakpoint
CREATE TRIGGER "copies_event_update" AFTER UPDATE OF "state", "failed_at" ON "lifeboat"."copies" FOR EACH ROW WHEN (OLD."state" <> 'writing' AND NEW."state" <> 'deleting' AND (OLD."failed_at" IS NULL) <> (NEW."failed_at" IS NULL) OR (OLD."state" <> NEW."state" AND NEW."state" IN ('missing', 'damaged'))) EXECUTE FUNCTION "lifeboat"."note_copy_event"();
--> statement-breakpoint
CREATE TRIGGER "events_tell" AFTER INSERT ON "lifeboat"."events" FOR EACH STATEMENT EXECUTE FUNCTION "lifeboat"."tell_events"();
--> statement-breakpoint
CREATE TRIGGER "backups_tell_insert" AFTER INSERT ON "lifeboat"."backups" REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION "lifeboat"."tell_changed_sources"();
--> statement-breakpoint
CREATE TRIGGER "backups_tell_update" AFTER UPDATE ON "lifeboat"."backups" REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION "lifeboat"."tell_changed_sources"();
--> statement-breakpoint
CREATE TRIGGER "backups_tell_delete" AFTER DELETE ON "lifeboat"."backups" REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION "lifeboat"."tell_changed_sources"();
--> statement-breakpoint
CREATE TRIGGER "copies_tell_insert" AFTER INSERT ON "lifeboat"."copies" REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION "lifeboat"."tell_changed_sources"();
--> statement-breakpoint
CREATE TRIGGER "copies_tell_update" AFTER UPDATE ON "lifeboat"."copies" REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION "lifeboat"."tell_changed_sources"();
--> statement-breakpoint
CREATE TRIGGER "sources_tell" AFTER INSERT OR UPDATE OF "paused_at", "removed_at" ON "lifeboat"."sources" FOR EACH ROW EXECUTE FUNCTION "lifeboat"."tell_source"();
--> statement-breakpoint
CREATE TRIGGER "api_tokens_tell" AFTER INSERT OR DELETE OR UPDATE OF "role", "scopes", "expires_at", "revoked_at", "created_by" ON "lifeboat"."api_tokens" FOR EACH STATEMENT EXECUTE FUNCTION "lifeboat"."tell_actors"();
--> statement-breakpoint
CREATE TRIGGER "users_tell" AFTER DELETE OR UPDATE OF "role", "disabled_at" ON "lifeboat"."users" FOR EACH STATEMENT EXECUTE FUNCTION "lifeboat"."tell_actors"();
--> statement-breakpoint
INSERT INTO "lifeboat"."retention_policies" ("id", "name", "rule", "grace_days", "after_backup", "built_in", "is_default", "created_at", "updated_at") VALUES
  ('pol_00000000000070008000000000000001', 'By kind: 12 months, 8 weeks, 7 days', '{"keep":[{"type":"per-kind","fullMonths":12,"differentialWeeks":8,"incrementalDays":7}],"capBytes":null}', 3, false, true, false, clock_timestamp(), clock_timestamp()),
  ('pol_00000000000070008000000000000002', '14 days, 8 weeks, 12 months', '{"keep":[{"type":"gfs","daily":14,"weekly":8,"monthly":12}],"capBytes":null}', 3, false, true, false, clock_timestamp(), clock_timestamp()),
  ('pol_00000000000070008000000000000003', 'The last 20', '{"keep":[{"type":"keep-last","keep":20}],"capBytes":null}', 3, true, true, false, clock_timestamp(), clock_timestamp());
