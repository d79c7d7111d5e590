ALTER TABLE "lifeboat"."backup_dependencies" ADD COLUMN "gone" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "backup_dependencies_gone_idx" ON "lifeboat"."backup_dependencies" USING btree ("backup_id") WHERE "lifeboat"."backup_dependencies"."gone";--> statement-breakpoint
UPDATE "lifeboat"."backup_dependencies" d SET "gone" = true
  WHERE NOT EXISTS (SELECT 1 FROM "lifeboat"."backups" b WHERE b."id" = d."needs_id");--> statement-breakpoint
-- A need that nobody can answer for is rare: marked when it comes to be, it is found by its index instead of beside every copy.
CREATE FUNCTION "lifeboat"."mark_gone_needs"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'backup_dependencies' THEN
    -- Whoever removes one of them at this moment is waited for, and then it is gone.
    PERFORM 1 FROM "lifeboat"."backups" WHERE "id" IN (SELECT "needs_id" FROM changed) ORDER BY "id" FOR KEY SHARE;
    UPDATE "lifeboat"."backup_dependencies" d SET "gone" = true FROM changed c
      WHERE d."backup_id" = c."backup_id" AND d."needs_id" = c."needs_id" AND d."reason" = c."reason"
        AND NOT EXISTS (SELECT 1 FROM "lifeboat"."backups" b WHERE b."id" = c."needs_id");
  ELSIF TG_OP = 'DELETE' THEN
    UPDATE "lifeboat"."backup_dependencies" SET "gone" = true WHERE "needs_id" IN (SELECT "id" FROM changed) AND NOT "gone";
  ELSE
    UPDATE "lifeboat"."backup_dependencies" SET "gone" = false WHERE "gone" AND "needs_id" IN (SELECT "id" FROM changed);
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "backup_dependencies_gone" AFTER INSERT ON "lifeboat"."backup_dependencies"
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "lifeboat"."mark_gone_needs"();--> statement-breakpoint
CREATE TRIGGER "backups_gone_inserted" AFTER INSERT ON "lifeboat"."backups"
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "lifeboat"."mark_gone_needs"();--> statement-breakpoint
CREATE TRIGGER "backups_gone_deleted" AFTER DELETE ON "lifeboat"."backups"
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "lifeboat"."mark_gone_needs"();
