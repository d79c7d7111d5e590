INSERT INTO "lifeboat"."retention_policies" ("id", "name", "rule", "grace_days", "after_backup", "created_at", "updated_at")
  SELECT 'pol_' || replace(gen_random_uuid()::text, '-', ''), 'The last ' || "keep_last",
    jsonb_build_object('keep', jsonb_build_array(jsonb_build_object('type', 'keep-last', 'keep', "keep_last")), 'capBytes', null),
    3, true, clock_timestamp(), clock_timestamp()
  FROM (SELECT DISTINCT "keep_last" FROM "lifeboat"."sources" WHERE "keep_last" IS NOT NULL) AS kept
  ON CONFLICT DO NOTHING;--> statement-breakpoint
UPDATE "lifeboat"."sources" SET "retention_policy_id" = "retention_policies"."id"
  FROM "lifeboat"."retention_policies" WHERE "retention_policies"."name" = 'The last ' || "sources"."keep_last";--> statement-breakpoint
UPDATE "lifeboat"."installation" SET "last_seen_at" = greatest("last_seen_at",
  (SELECT max("queued_at") FROM "lifeboat"."runs"), (SELECT max("heartbeat_at") FROM "lifeboat"."workers"));--> statement-breakpoint
ALTER TABLE "lifeboat"."sources" DROP COLUMN "keep_last";
