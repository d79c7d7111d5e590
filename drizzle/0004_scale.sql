-- Lists and searches read the rows: what is wide (manifest, listing) moves beside them.
ALTER TABLE "lifeboat"."backups" SET (toast_tuple_target = 768);--> statement-breakpoint
ALTER TABLE "lifeboat"."audit_events" ADD COLUMN "search_text" text GENERATED ALWAYS AS (lower(actor_name || chr(10) || action || chr(10) || target_name || chr(10) || coalesce(target_id, '') || chr(10) || coalesce(address, ''))) STORED;--> statement-breakpoint
ALTER TABLE "lifeboat"."backups" ADD COLUMN "search_text" text GENERATED ALWAYS AS (lower(label || chr(10) || note || chr(10) || reason || chr(10) || file_name || chr(10) || id)) STORED;--> statement-breakpoint
ALTER TABLE "lifeboat"."backups" ALTER COLUMN "search_text" SET STORAGE MAIN;--> statement-breakpoint
ALTER TABLE "lifeboat"."copies" ADD COLUMN "source_id" text;--> statement-breakpoint
UPDATE "lifeboat"."copies" SET "source_id" = "backups"."source_id" FROM "lifeboat"."backups" WHERE "backups"."id" = "copies"."backup_id";--> statement-breakpoint
ALTER TABLE "lifeboat"."copies" ALTER COLUMN "source_id" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "lifeboat"."copies" ADD CONSTRAINT "copies_source_id_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "lifeboat"."sources"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_events_actor_idx" ON "lifeboat"."audit_events" USING btree ("actor_id","at");--> statement-breakpoint
CREATE INDEX "backups_kind_idx" ON "lifeboat"."backups" USING btree ("kind","snapshot_at","id");--> statement-breakpoint
CREATE INDEX "backups_pinned_idx" ON "lifeboat"."backups" USING btree ("snapshot_at","id") WHERE "lifeboat"."backups"."pinned";--> statement-breakpoint
CREATE INDEX "backups_totals_idx" ON "lifeboat"."backups" USING btree ("source_id","state","stored_bytes");--> statement-breakpoint
CREATE INDEX "copies_verified_idx" ON "lifeboat"."copies" USING btree ("source_id","verified_at") WHERE "lifeboat"."copies"."verified_at" is not null;--> statement-breakpoint
CREATE INDEX "copies_failed_idx" ON "lifeboat"."copies" USING btree ("backup_id") WHERE "lifeboat"."copies"."failed_at" is not null or "lifeboat"."copies"."state" in ('missing', 'damaged');--> statement-breakpoint
CREATE INDEX "runs_type_idx" ON "lifeboat"."runs" USING btree ("type","queued_at","id");--> statement-breakpoint
CREATE INDEX "runs_state_idx" ON "lifeboat"."runs" USING btree ("state","queued_at","id");--> statement-breakpoint
CREATE INDEX "validations_proven_idx" ON "lifeboat"."validations" USING btree ("backup_id","at") WHERE "lifeboat"."validations"."level" = 'proven';