CREATE INDEX "deliveries_state_idx" ON "lifeboat"."deliveries" USING btree ("state","created_at","id");--> statement-breakpoint
CREATE INDEX "deliveries_kind_idx" ON "lifeboat"."deliveries" USING btree ("kind","created_at","id");--> statement-breakpoint
CREATE INDEX "deliveries_source_idx" ON "lifeboat"."deliveries" USING btree ("source_id","created_at","id");--> statement-breakpoint
CREATE INDEX "deliveries_channel_open_idx" ON "lifeboat"."deliveries" USING btree ("channel_id","created_at") WHERE "lifeboat"."deliveries"."state" in ('pending', 'held', 'sending');--> statement-breakpoint
CREATE INDEX "deliveries_channel_sent_idx" ON "lifeboat"."deliveries" USING btree ("channel_id","sent_at") WHERE "lifeboat"."deliveries"."sent_at" is not null;--> statement-breakpoint
CREATE INDEX "deliveries_channel_error_idx" ON "lifeboat"."deliveries" USING btree ("channel_id","created_at") WHERE "lifeboat"."deliveries"."error" is not null;