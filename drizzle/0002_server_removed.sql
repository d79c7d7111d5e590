DROP INDEX "lifeboat"."servers_name_key";--> statement-breakpoint
ALTER TABLE "lifeboat"."servers" ADD COLUMN "removed_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE UNIQUE INDEX "servers_name_key" ON "lifeboat"."servers" USING btree (lower("name")) WHERE "lifeboat"."servers"."removed_at" is null;