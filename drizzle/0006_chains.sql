CREATE TABLE "lifeboat"."imports" (
	"id" text PRIMARY KEY NOT NULL,
	"origin" text NOT NULL,
	"state" text NOT NULL,
	"file_name" text NOT NULL,
	"path" text,
	"worker_group" text DEFAULT 'default' NOT NULL,
	"bytes" bigint NOT NULL,
	"received_bytes" bigint DEFAULT 0 NOT NULL,
	"format" text,
	"sha256" text,
	"taken_at" timestamp (3) with time zone,
	"source_id" text,
	"run_id" text,
	"backup_id" text,
	"error" jsonb,
	"created_by_type" text NOT NULL,
	"created_by_id" text,
	"created_by_name" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"touched_at" timestamp (3) with time zone NOT NULL,
	"version" integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."orphan_packs" (
	"key" text PRIMARY KEY NOT NULL,
	"destination_id" text NOT NULL,
	"bytes" bigint NOT NULL,
	"provenance" text NOT NULL,
	"source_name" text,
	"kind" text,
	"snapshot_at" timestamp (3) with time zone,
	"problem" jsonb,
	"found_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "lifeboat"."backup_dependencies" DROP CONSTRAINT "backup_dependencies_needs_id_backups_id_fk";
--> statement-breakpoint
ALTER TABLE "lifeboat"."backups" DROP CONSTRAINT "backups_base_id_backups_id_fk";
--> statement-breakpoint
ALTER TABLE "lifeboat"."backups" DROP CONSTRAINT "backups_parent_id_backups_id_fk";
--> statement-breakpoint
ALTER TABLE "lifeboat"."restores" ALTER COLUMN "server_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "lifeboat"."sources" ALTER COLUMN "server_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "lifeboat"."backup_dependencies" ADD COLUMN "pack_id" text NOT NULL;--> statement-breakpoint
ALTER TABLE "lifeboat"."backup_dependencies" ADD COLUMN "pack_key" text NOT NULL;--> statement-breakpoint
ALTER TABLE "lifeboat"."backup_dependencies" ADD COLUMN "read_bytes" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "lifeboat"."backup_dependencies" ADD COLUMN "ranges" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "lifeboat"."backups" ADD COLUMN "asked_kind" text;--> statement-breakpoint
ALTER TABLE "lifeboat"."backups" ADD COLUMN "kind_reason" jsonb;--> statement-breakpoint
ALTER TABLE "lifeboat"."backups" ADD COLUMN "derived_from_id" text;--> statement-breakpoint
ALTER TABLE "lifeboat"."backups" ADD COLUMN "extension" text DEFAULT 'dump' NOT NULL;--> statement-breakpoint
ALTER TABLE "lifeboat"."backups" ADD COLUMN "imported" jsonb;--> statement-breakpoint
ALTER TABLE "lifeboat"."chains" ADD COLUMN "retired_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "lifeboat"."chains" ADD COLUMN "superseded_by_id" text;--> statement-breakpoint
ALTER TABLE "lifeboat"."restores" ADD COLUMN "target_path" text;--> statement-breakpoint
ALTER TABLE "lifeboat"."restores" ADD COLUMN "wanted_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "lifeboat"."restores" ADD COLUMN "estimated_ms" bigint;--> statement-breakpoint
ALTER TABLE "lifeboat"."sources" ADD COLUMN "path" text;--> statement-breakpoint
ALTER TABLE "lifeboat"."sources" ADD COLUMN "worker_group" text;--> statement-breakpoint
ALTER TABLE "lifeboat"."sources" ADD COLUMN "keep_last" integer;--> statement-breakpoint
ALTER TABLE "lifeboat"."imports" ADD CONSTRAINT "imports_source_id_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "lifeboat"."sources"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."orphan_packs" ADD CONSTRAINT "orphan_packs_destination_id_destinations_id_fk" FOREIGN KEY ("destination_id") REFERENCES "lifeboat"."destinations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "imports_created_idx" ON "lifeboat"."imports" USING btree ("created_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "sources_path_key" ON "lifeboat"."sources" USING btree ("worker_group","path") WHERE "lifeboat"."sources"."removed_at" is null and "lifeboat"."sources"."path" is not null;