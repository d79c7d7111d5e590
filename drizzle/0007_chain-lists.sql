DROP INDEX "lifeboat"."backups_chain_idx";--> statement-breakpoint
DROP INDEX "lifeboat"."backups_totals_idx";--> statement-breakpoint
DROP INDEX "lifeboat"."chains_source_idx";--> statement-breakpoint
CREATE INDEX "chains_created_idx" ON "lifeboat"."chains" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "copies_unverified_idx" ON "lifeboat"."copies" USING btree ("stored_at","backup_id") WHERE "lifeboat"."copies"."verified_at" is null and "lifeboat"."copies"."state" = 'stored';--> statement-breakpoint
CREATE INDEX "backups_chain_idx" ON "lifeboat"."backups" USING btree ("chain_id","snapshot_at","state","stream_bytes","stored_bytes","id");--> statement-breakpoint
CREATE INDEX "backups_totals_idx" ON "lifeboat"."backups" USING btree ("source_id","state","kind","stored_bytes","stream_bytes");--> statement-breakpoint
CREATE INDEX "chains_source_idx" ON "lifeboat"."chains" USING btree ("source_id","created_at","id");