CREATE TABLE "lifeboat"."one_time_links" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"purpose" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "lifeboat"."replacements" (
	"restore_id" text PRIMARY KEY NOT NULL,
	"strategy" text,
	"answers" text DEFAULT 'old' NOT NULL,
	"safety_run_id" text NOT NULL,
	"sibling_name" text,
	"kept_name" text,
	"restored_name" text,
	"old_oid" bigint,
	"new_oid" bigint,
	"follow_up_run_id" text,
	"replaced_at" timestamp (3) with time zone,
	"undone_at" timestamp (3) with time zone,
	"cleaned_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "lifeboat"."users" ALTER COLUMN "password_hash" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "lifeboat"."api_tokens" ADD COLUMN "hint" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "lifeboat"."api_tokens" ADD COLUMN "last_used_address" text;--> statement-breakpoint
ALTER TABLE "lifeboat"."restores" ADD COLUMN "mode" text DEFAULT 'new' NOT NULL;--> statement-breakpoint
ALTER TABLE "lifeboat"."runs" ADD COLUMN "after_run_id" text;--> statement-breakpoint
ALTER TABLE "lifeboat"."one_time_links" ADD CONSTRAINT "one_time_links_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "lifeboat"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifeboat"."replacements" ADD CONSTRAINT "replacements_restore_id_restores_id_fk" FOREIGN KEY ("restore_id") REFERENCES "lifeboat"."restores"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "one_time_links_user_idx" ON "lifeboat"."one_time_links" USING btree ("user_id");