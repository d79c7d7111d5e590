ALTER TABLE "lifeboat"."backups" ADD COLUMN "data_taken_at" timestamp (3) with time zone;--> statement-breakpoint
-- Where what it was made from is gone, or is a synthetic full itself, the server's clock is the only witness.
UPDATE "lifeboat"."backups" b SET "data_taken_at" = coalesce(
    (SELECT o."started_at" FROM "lifeboat"."backups" o WHERE o."id" = b."derived_from_id" AND o."origin" <> 'synthetic'),
    least(b."snapshot_at", b."started_at"))
  WHERE b."origin" = 'synthetic';
