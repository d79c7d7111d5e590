CREATE TABLE "lifeboat"."drill_checks" (
	"drill_id" text NOT NULL,
	"key" text NOT NULL,
	"ordinal" integer NOT NULL,
	"type" text NOT NULL,
	"name" text NOT NULL,
	"mandatory" boolean NOT NULL,
	"definition" jsonb NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"expected" text DEFAULT '' NOT NULL,
	"actual" text DEFAULT '' NOT NULL,
	"reason" jsonb,
	"evidence" text DEFAULT '' NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"duration_ms" bigint,
	"decided_by" text,
	"note" text DEFAULT '' NOT NULL,
	"attempts" jsonb DEFAULT '[]'::jsonb NOT NULL,
	CONSTRAINT "drill_checks_drill_id_key_pk" PRIMARY KEY("drill_id","key")
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."drill_plans" (
	"id" text PRIMARY KEY NOT NULL,
	"source_id" text NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"selection" jsonb NOT NULL,
	"target" jsonb NOT NULL,
	"recovery_time_seconds" integer,
	"recovery_point_seconds" integer,
	"cadence" jsonb NOT NULL,
	"grace_days" integer NOT NULL,
	"owner_id" text,
	"checks" jsonb NOT NULL,
	"playbook_version" integer DEFAULT 1 NOT NULL,
	"unattended" boolean DEFAULT false NOT NULL,
	"proposed" boolean DEFAULT true NOT NULL,
	"next_due_at" timestamp (3) with time zone NOT NULL,
	"tried_at" timestamp (3) with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "drill_plans_source_id_unique" UNIQUE("source_id")
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."drill_playbooks" (
	"plan_id" text NOT NULL,
	"version" integer NOT NULL,
	"text" text NOT NULL,
	"author_name" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "drill_playbooks_plan_id_version_pk" PRIMARY KEY("plan_id","version")
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."drill_reports" (
	"id" text PRIMARY KEY NOT NULL,
	"drill_id" text NOT NULL,
	"sequence" integer NOT NULL,
	"previous_sha256" text NOT NULL,
	"sha256" text NOT NULL,
	"canonical" text NOT NULL,
	"key_id" text NOT NULL,
	"signature" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "drill_reports_drill_id_unique" UNIQUE("drill_id"),
	CONSTRAINT "drill_reports_sequence_unique" UNIQUE("sequence")
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."drills" (
	"id" text PRIMARY KEY NOT NULL,
	"source_id" text NOT NULL,
	"plan_id" text NOT NULL,
	"state" text NOT NULL,
	"trigger" text NOT NULL,
	"unattended" boolean DEFAULT false NOT NULL,
	"operator_id" text,
	"operator_name" text NOT NULL,
	"wanted_backup_id" text,
	"wanted_target" jsonb NOT NULL,
	"backup_id" text,
	"backup" jsonb,
	"target" jsonb,
	"sealed_access" text,
	"has_target" boolean DEFAULT false NOT NULL,
	"preflight" jsonb,
	"recovery_time_seconds" integer,
	"recovery_point_seconds" integer,
	"playbook_version" integer NOT NULL,
	"playbook" text NOT NULL,
	"clock_started_at" timestamp (3) with time zone,
	"clock_stopped_at" timestamp (3) with time zone,
	"machine_ms" bigint DEFAULT 0 NOT NULL,
	"paused_ms" bigint DEFAULT 0 NOT NULL,
	"paused_at" timestamp (3) with time zone,
	"copy_bytes" bigint,
	"problem" jsonb,
	"verdict" text,
	"findings" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"improvement" text DEFAULT '' NOT NULL,
	"sign_off" jsonb,
	"clean_up" jsonb,
	"events" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"report_id" text,
	"incident_id" text,
	"next_due_at" timestamp (3) with time zone,
	"started_at" timestamp (3) with time zone NOT NULL,
	"closed_at" timestamp (3) with time zone,
	"version" integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."incidents" (
	"id" text PRIMARY KEY NOT NULL,
	"number" serial NOT NULL,
	"title" text NOT NULL,
	"kind" text NOT NULL,
	"severity" text NOT NULL,
	"state" text NOT NULL,
	"source_id" text,
	"drill_id" text,
	"run_ids" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"assignee_id" text,
	"root_cause" text DEFAULT '' NOT NULL,
	"checklist" jsonb NOT NULL,
	"timeline" jsonb NOT NULL,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"opened_by_name" text NOT NULL,
	"closed_at" timestamp (3) with time zone,
	"closed_by_name" text,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "incidents_number_unique" UNIQUE("number")
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."report_notes" (
	"id" text PRIMARY KEY NOT NULL,
	"report_id" text NOT NULL,
	"text" text NOT NULL,
	"author_id" text,
	"author_name" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."signing_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"public_key" text NOT NULL,
	"sealed_private_key" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "lifeboat"."runs" ADD COLUMN "drill_id" text;--> statement-breakpoint
ALTER TABLE "lifeboat"."sources" ADD COLUMN "incident_after_failures" integer DEFAULT 3;--> statement-breakpoint
ALTER TABLE "lifeboat"."workers" ADD COLUMN "hooks" jsonb;--> statement-breakpoint
ALTER TABLE "lifeboat"."drill_checks" ADD CONSTRAINT "drill_checks_drill_id_drills_id_fk" FOREIGN KEY ("drill_id") REFERENCES "lifeboat"."drills"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."drill_plans" ADD CONSTRAINT "drill_plans_source_id_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "lifeboat"."sources"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."drill_plans" ADD CONSTRAINT "drill_plans_owner_id_users_id_fk" FOREIGN KEY ("owner_id") REFERENCES "lifeboat"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."drill_playbooks" ADD CONSTRAINT "drill_playbooks_plan_id_drill_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "lifeboat"."drill_plans"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."drill_reports" ADD CONSTRAINT "drill_reports_drill_id_drills_id_fk" FOREIGN KEY ("drill_id") REFERENCES "lifeboat"."drills"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."drills" ADD CONSTRAINT "drills_source_id_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "lifeboat"."sources"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."incidents" ADD CONSTRAINT "incidents_source_id_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "lifeboat"."sources"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."incidents" ADD CONSTRAINT "incidents_assignee_id_users_id_fk" FOREIGN KEY ("assignee_id") REFERENCES "lifeboat"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."report_notes" ADD CONSTRAINT "report_notes_report_id_drill_reports_id_fk" FOREIGN KEY ("report_id") REFERENCES "lifeboat"."drill_reports"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "drill_plans_due_idx" ON "lifeboat"."drill_plans" USING btree ("next_due_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "drills_one_open_key" ON "lifeboat"."drills" USING btree ("source_id") WHERE "lifeboat"."drills"."state" not in ('closed', 'aborted');--> statement-breakpoint
CREATE INDEX "drills_source_idx" ON "lifeboat"."drills" USING btree ("source_id","started_at");--> statement-breakpoint
CREATE INDEX "drills_started_idx" ON "lifeboat"."drills" USING btree ("started_at","id");--> statement-breakpoint
CREATE INDEX "drills_backup_idx" ON "lifeboat"."drills" USING btree ("backup_id");--> statement-breakpoint
CREATE UNIQUE INDEX "incidents_one_open_key" ON "lifeboat"."incidents" USING btree ("kind","source_id") WHERE "lifeboat"."incidents"."state" = 'open' and "lifeboat"."incidents"."kind" <> 'manual';--> statement-breakpoint
CREATE INDEX "incidents_state_idx" ON "lifeboat"."incidents" USING btree ("state","opened_at","id");--> statement-breakpoint
CREATE INDEX "incidents_source_idx" ON "lifeboat"."incidents" USING btree ("source_id");--> statement-breakpoint
CREATE INDEX "incidents_drill_idx" ON "lifeboat"."incidents" USING btree ("drill_id");--> statement-breakpoint
CREATE INDEX "report_notes_report_idx" ON "lifeboat"."report_notes" USING btree ("report_id","created_at");--> statement-breakpoint
CREATE INDEX "runs_drill_idx" ON "lifeboat"."runs" USING btree ("drill_id") WHERE "lifeboat"."runs"."drill_id" is not null;--> statement-breakpoint
CREATE FUNCTION "lifeboat"."refuse_report_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'reports and their notes are append-only' USING ERRCODE = 'restrict_violation';
END
$$;
--> statement-breakpoint
CREATE TRIGGER "drill_reports_append_only" BEFORE UPDATE OR DELETE ON "lifeboat"."drill_reports" FOR EACH ROW EXECUTE FUNCTION "lifeboat"."refuse_report_change"();
--> statement-breakpoint
CREATE TRIGGER "drill_reports_no_truncate" BEFORE TRUNCATE ON "lifeboat"."drill_reports" FOR EACH STATEMENT EXECUTE FUNCTION "lifeboat"."refuse_report_change"();
--> statement-breakpoint
CREATE TRIGGER "report_notes_append_only" BEFORE UPDATE OR DELETE ON "lifeboat"."report_notes" FOR EACH ROW EXECUTE FUNCTION "lifeboat"."refuse_report_change"();
--> statement-breakpoint
CREATE TRIGGER "report_notes_no_truncate" BEFORE TRUNCATE ON "lifeboat"."report_notes" FOR EACH STATEMENT EXECUTE FUNCTION "lifeboat"."refuse_report_change"();
