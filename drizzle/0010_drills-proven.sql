DROP INDEX "lifeboat"."drills_closed_idx";--> statement-breakpoint
ALTER TABLE "lifeboat"."drills" ADD COLUMN "proven" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "drills_closed_idx" ON "lifeboat"."drills" USING btree ("source_id","closed_at","id","verdict","proven") WHERE "lifeboat"."drills"."state" = 'closed';--> statement-breakpoint
UPDATE "lifeboat"."drills" d SET "proven" = true WHERE d."state" = 'closed' AND d."verdict" IN ('passed', 'passed-with-findings')
  AND NOT EXISTS (SELECT 1 FROM "lifeboat"."drill_checks" c WHERE c."drill_id" = d."id" AND c."type" = 'content' AND c."state" IN ('failed', 'pending', 'running'));
