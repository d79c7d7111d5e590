DROP INDEX "lifeboat"."backups_source_idx";--> statement-breakpoint
CREATE INDEX "backups_source_idx" ON "lifeboat"."backups" USING btree ("source_id","snapshot_at","id","state");