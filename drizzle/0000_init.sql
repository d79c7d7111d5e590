CREATE SCHEMA "lifeboat";
--> statement-breakpoint
CREATE TABLE "lifeboat"."api_tokens" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"token_hash" text NOT NULL,
	"role" text NOT NULL,
	"scopes" text[],
	"created_by" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "api_tokens_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."audit_events" (
	"id" text PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"actor_type" text NOT NULL,
	"actor_id" text,
	"actor_name" text NOT NULL,
	"action" text NOT NULL,
	"target_type" text NOT NULL,
	"target_id" text,
	"target_name" text DEFAULT '' NOT NULL,
	"address" text,
	"request_id" text,
	"before" jsonb,
	"after" jsonb
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."backup_dependencies" (
	"backup_id" text NOT NULL,
	"needs_id" text NOT NULL,
	"reason" text NOT NULL,
	CONSTRAINT "backup_dependencies_backup_id_needs_id_reason_pk" PRIMARY KEY("backup_id","needs_id","reason")
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."backup_streams" (
	"backup_id" text NOT NULL,
	"name" text NOT NULL,
	"bytes" bigint NOT NULL,
	"sha256" text NOT NULL,
	"root_hash" text NOT NULL,
	"segments" integer NOT NULL,
	CONSTRAINT "backup_streams_backup_id_name_pk" PRIMARY KEY("backup_id","name")
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."backup_tables" (
	"backup_id" text NOT NULL,
	"schema" text NOT NULL,
	"table" text NOT NULL,
	"rows" bigint NOT NULL,
	"bytes" bigint NOT NULL,
	"sha256" text NOT NULL,
	"excluded" boolean DEFAULT false NOT NULL,
	CONSTRAINT "backup_tables_backup_id_schema_table_pk" PRIMARY KEY("backup_id","schema","table")
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."backups" (
	"id" text PRIMARY KEY NOT NULL,
	"source_id" text NOT NULL,
	"chain_id" text NOT NULL,
	"run_id" text,
	"kind" text NOT NULL,
	"base_id" text,
	"parent_id" text,
	"state" text NOT NULL,
	"fencing_token" bigint NOT NULL,
	"origin" text DEFAULT 'made' NOT NULL,
	"trigger" text NOT NULL,
	"reason" text DEFAULT '' NOT NULL,
	"label" text DEFAULT '' NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"pinned" boolean DEFAULT false NOT NULL,
	"database" text NOT NULL,
	"snapshot_at" timestamp (3) with time zone NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone,
	"stream_bytes" bigint DEFAULT 0 NOT NULL,
	"stored_bytes" bigint DEFAULT 0 NOT NULL,
	"table_count" integer DEFAULT 0 NOT NULL,
	"row_count" bigint DEFAULT 0 NOT NULL,
	"server_version" text DEFAULT '' NOT NULL,
	"tool_version" text DEFAULT '' NOT NULL,
	"file_name" text NOT NULL,
	"manifest" jsonb,
	"listing" text DEFAULT '' NOT NULL,
	"anomalies" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"warnings" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"created_by_type" text NOT NULL,
	"created_by_id" text,
	"created_by_name" text NOT NULL,
	"trashed_at" timestamp (3) with time zone,
	"version" integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."chain_locks" (
	"chain_id" text NOT NULL,
	"holder" text NOT NULL,
	"mode" text NOT NULL,
	"lease_expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "chain_locks_chain_id_holder_pk" PRIMARY KEY("chain_id","holder")
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."chains" (
	"id" text PRIMARY KEY NOT NULL,
	"source_id" text NOT NULL,
	"seed" text NOT NULL,
	"average_segment_bytes" integer NOT NULL,
	"format_version" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."copies" (
	"id" text PRIMARY KEY NOT NULL,
	"backup_id" text NOT NULL,
	"destination_id" text NOT NULL,
	"state" text NOT NULL,
	"stored_at" timestamp (3) with time zone,
	"verified_at" timestamp (3) with time zone,
	"failed_at" timestamp (3) with time zone,
	"failure" jsonb
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."destinations" (
	"id" text PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"name" text NOT NULL,
	"config" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."idempotency_keys" (
	"actor" text NOT NULL,
	"key" text NOT NULL,
	"body_hash" text NOT NULL,
	"status" integer,
	"response" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotency_keys_actor_key_pk" PRIMARY KEY("actor","key")
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."installation" (
	"id" text PRIMARY KEY NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL,
	"sample_requested_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."packs" (
	"id" text PRIMARY KEY NOT NULL,
	"backup_id" text NOT NULL,
	"key" text NOT NULL,
	"bytes" bigint NOT NULL,
	"pack_sha256" text NOT NULL,
	"stored_bytes" bigint NOT NULL,
	"stored_sha256" text NOT NULL,
	CONSTRAINT "packs_key_unique" UNIQUE("key")
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."restores" (
	"id" text PRIMARY KEY NOT NULL,
	"run_id" text NOT NULL,
	"backup_id" text NOT NULL,
	"server_id" text NOT NULL,
	"database" text NOT NULL,
	"content" text NOT NULL,
	"owners" text NOT NULL,
	"jobs" integer NOT NULL,
	"tables" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"keep_on_failure" boolean DEFAULT false NOT NULL,
	"created_database" boolean DEFAULT false NOT NULL,
	"outcome" text DEFAULT 'pending' NOT NULL,
	"errors" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"comparison" jsonb,
	"facts" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."run_log" (
	"run_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"level" text NOT NULL,
	"text" text NOT NULL,
	CONSTRAINT "run_log_run_id_seq_pk" PRIMARY KEY("run_id","seq")
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."run_steps" (
	"run_id" text NOT NULL,
	"ordinal" integer NOT NULL,
	"code" text NOT NULL,
	"state" text NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"facts" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"error" jsonb,
	CONSTRAINT "run_steps_run_id_ordinal_pk" PRIMARY KEY("run_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."runs" (
	"id" text PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"state" text NOT NULL,
	"subject" text NOT NULL,
	"source_id" text,
	"backup_id" text,
	"server_id" text,
	"restore_id" text,
	"is_probe" boolean DEFAULT false NOT NULL,
	"worker_group" text DEFAULT 'default' NOT NULL,
	"trigger" text NOT NULL,
	"reason" text DEFAULT '' NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"input" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"output" jsonb,
	"progress" jsonb NOT NULL,
	"error" jsonb,
	"warnings" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"cancel_requested_at" timestamp (3) with time zone,
	"worker_id" text,
	"fencing_token" bigint DEFAULT 0 NOT NULL,
	"lease_expires_at" timestamp (3) with time zone,
	"created_by_type" text NOT NULL,
	"created_by_id" text,
	"created_by_name" text NOT NULL,
	"queued_at" timestamp (3) with time zone NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"version" integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."servers" (
	"id" text PRIMARY KEY NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"host" text NOT NULL,
	"port" integer NOT NULL,
	"tls_mode" text NOT NULL,
	"tls_ca" text DEFAULT '' NOT NULL,
	"username" text NOT NULL,
	"password_sealed" text,
	"maintenance_database" text NOT NULL,
	"restore_username" text DEFAULT '' NOT NULL,
	"restore_password_sealed" text,
	"notes" text DEFAULT '' NOT NULL,
	"worker_group" text DEFAULT 'default' NOT NULL,
	"is_sample" boolean DEFAULT false NOT NULL,
	"server_version" text,
	"last_checked_at" timestamp (3) with time zone,
	"last_error" jsonb,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "servers_slug_unique" UNIQUE("slug")
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"address" text NOT NULL,
	"user_agent" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."setup_tokens" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"purpose" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."sign_in_attempts" (
	"key" text PRIMARY KEY NOT NULL,
	"failures" integer NOT NULL,
	"last_failure_at" timestamp (3) with time zone NOT NULL,
	"blocked_until" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."sources" (
	"id" text PRIMARY KEY NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"engine" text NOT NULL,
	"server_id" text NOT NULL,
	"database" text NOT NULL,
	"environment" text NOT NULL,
	"excluded_schemas" text[] DEFAULT '{}' NOT NULL,
	"excluded_tables" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"notes" text DEFAULT '' NOT NULL,
	"is_sample" boolean DEFAULT false NOT NULL,
	"size_bytes" bigint,
	"paused_at" timestamp (3) with time zone,
	"removed_at" timestamp (3) with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "sources_slug_unique" UNIQUE("slug")
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."users" (
	"id" text PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"password_hash" text NOT NULL,
	"locale" text,
	"time_zone" text,
	"theme" text DEFAULT 'system' NOT NULL,
	"disabled_at" timestamp (3) with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."validations" (
	"id" text PRIMARY KEY NOT NULL,
	"backup_id" text NOT NULL,
	"destination_id" text,
	"run_id" text,
	"level" text NOT NULL,
	"verdict" text NOT NULL,
	"checks" jsonb NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"duration_ms" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."workers" (
	"id" text PRIMARY KEY NOT NULL,
	"host_name" text NOT NULL,
	"pid" integer NOT NULL,
	"worker_group" text NOT NULL,
	"node_version" text NOT NULL,
	"tool_sets" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"disks" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"heartbeat_at" timestamp (3) with time zone NOT NULL,
	"stopped_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "lifeboat"."api_tokens" ADD CONSTRAINT "api_tokens_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "lifeboat"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."backup_dependencies" ADD CONSTRAINT "backup_dependencies_backup_id_backups_id_fk" FOREIGN KEY ("backup_id") REFERENCES "lifeboat"."backups"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."backup_dependencies" ADD CONSTRAINT "backup_dependencies_needs_id_backups_id_fk" FOREIGN KEY ("needs_id") REFERENCES "lifeboat"."backups"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."backup_streams" ADD CONSTRAINT "backup_streams_backup_id_backups_id_fk" FOREIGN KEY ("backup_id") REFERENCES "lifeboat"."backups"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."backup_tables" ADD CONSTRAINT "backup_tables_backup_id_backups_id_fk" FOREIGN KEY ("backup_id") REFERENCES "lifeboat"."backups"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."backups" ADD CONSTRAINT "backups_source_id_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "lifeboat"."sources"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."backups" ADD CONSTRAINT "backups_chain_id_chains_id_fk" FOREIGN KEY ("chain_id") REFERENCES "lifeboat"."chains"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."backups" ADD CONSTRAINT "backups_base_id_backups_id_fk" FOREIGN KEY ("base_id") REFERENCES "lifeboat"."backups"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."backups" ADD CONSTRAINT "backups_parent_id_backups_id_fk" FOREIGN KEY ("parent_id") REFERENCES "lifeboat"."backups"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."chain_locks" ADD CONSTRAINT "chain_locks_chain_id_chains_id_fk" FOREIGN KEY ("chain_id") REFERENCES "lifeboat"."chains"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."chains" ADD CONSTRAINT "chains_source_id_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "lifeboat"."sources"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."copies" ADD CONSTRAINT "copies_backup_id_backups_id_fk" FOREIGN KEY ("backup_id") REFERENCES "lifeboat"."backups"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."copies" ADD CONSTRAINT "copies_destination_id_destinations_id_fk" FOREIGN KEY ("destination_id") REFERENCES "lifeboat"."destinations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."packs" ADD CONSTRAINT "packs_backup_id_backups_id_fk" FOREIGN KEY ("backup_id") REFERENCES "lifeboat"."backups"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."restores" ADD CONSTRAINT "restores_backup_id_backups_id_fk" FOREIGN KEY ("backup_id") REFERENCES "lifeboat"."backups"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."restores" ADD CONSTRAINT "restores_server_id_servers_id_fk" FOREIGN KEY ("server_id") REFERENCES "lifeboat"."servers"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."run_log" ADD CONSTRAINT "run_log_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "lifeboat"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."run_steps" ADD CONSTRAINT "run_steps_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "lifeboat"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "lifeboat"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."sources" ADD CONSTRAINT "sources_server_id_servers_id_fk" FOREIGN KEY ("server_id") REFERENCES "lifeboat"."servers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."validations" ADD CONSTRAINT "validations_backup_id_backups_id_fk" FOREIGN KEY ("backup_id") REFERENCES "lifeboat"."backups"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."validations" ADD CONSTRAINT "validations_destination_id_destinations_id_fk" FOREIGN KEY ("destination_id") REFERENCES "lifeboat"."destinations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_events_at_idx" ON "lifeboat"."audit_events" USING btree ("at","id");--> statement-breakpoint
CREATE INDEX "audit_events_target_idx" ON "lifeboat"."audit_events" USING btree ("target_id","at");--> statement-breakpoint
CREATE INDEX "audit_events_action_idx" ON "lifeboat"."audit_events" USING btree ("action","at");--> statement-breakpoint
CREATE INDEX "backup_dependencies_needs_idx" ON "lifeboat"."backup_dependencies" USING btree ("needs_id");--> statement-breakpoint
CREATE INDEX "backups_source_idx" ON "lifeboat"."backups" USING btree ("source_id","snapshot_at","id");--> statement-breakpoint
CREATE INDEX "backups_chain_idx" ON "lifeboat"."backups" USING btree ("chain_id","snapshot_at");--> statement-breakpoint
CREATE INDEX "backups_snapshot_idx" ON "lifeboat"."backups" USING btree ("snapshot_at","id");--> statement-breakpoint
CREATE INDEX "backups_stream_idx" ON "lifeboat"."backups" USING btree ("stream_bytes","id");--> statement-breakpoint
CREATE INDEX "backups_stored_idx" ON "lifeboat"."backups" USING btree ("stored_bytes","id");--> statement-breakpoint
CREATE INDEX "backups_run_idx" ON "lifeboat"."backups" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "chain_locks_expiry_idx" ON "lifeboat"."chain_locks" USING btree ("lease_expires_at");--> statement-breakpoint
CREATE INDEX "chains_source_idx" ON "lifeboat"."chains" USING btree ("source_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "copies_backup_destination_key" ON "lifeboat"."copies" USING btree ("backup_id","destination_id");--> statement-breakpoint
CREATE INDEX "copies_destination_idx" ON "lifeboat"."copies" USING btree ("destination_id");--> statement-breakpoint
CREATE INDEX "packs_backup_idx" ON "lifeboat"."packs" USING btree ("backup_id");--> statement-breakpoint
CREATE INDEX "restores_backup_idx" ON "lifeboat"."restores" USING btree ("backup_id");--> statement-breakpoint
CREATE INDEX "restores_created_idx" ON "lifeboat"."restores" USING btree ("created_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "runs_one_active_key" ON "lifeboat"."runs" USING btree ("type","subject") WHERE "lifeboat"."runs"."state" in ('queued', 'running') and not "lifeboat"."runs"."is_probe";--> statement-breakpoint
CREATE INDEX "runs_active_idx" ON "lifeboat"."runs" USING btree ("state","lease_expires_at") WHERE "lifeboat"."runs"."state" in ('queued', 'running');--> statement-breakpoint
CREATE INDEX "runs_queued_idx" ON "lifeboat"."runs" USING btree ("queued_at","id");--> statement-breakpoint
CREATE INDEX "runs_source_idx" ON "lifeboat"."runs" USING btree ("source_id","queued_at");--> statement-breakpoint
CREATE INDEX "runs_backup_idx" ON "lifeboat"."runs" USING btree ("backup_id");--> statement-breakpoint
CREATE UNIQUE INDEX "servers_name_key" ON "lifeboat"."servers" USING btree (lower("name"));--> statement-breakpoint
CREATE INDEX "sessions_user_idx" ON "lifeboat"."sessions" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "sources_server_database_key" ON "lifeboat"."sources" USING btree ("server_id","database") WHERE "lifeboat"."sources"."removed_at" is null;--> statement-breakpoint
CREATE INDEX "sources_name_idx" ON "lifeboat"."sources" USING btree ("name","id");--> statement-breakpoint
CREATE UNIQUE INDEX "users_email_key" ON "lifeboat"."users" USING btree (lower("email"));--> statement-breakpoint
CREATE INDEX "validations_backup_idx" ON "lifeboat"."validations" USING btree ("backup_id","at");