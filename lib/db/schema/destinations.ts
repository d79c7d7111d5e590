import { jsonb, text } from "drizzle-orm/pg-core";
import { instantColumn, lifeboat } from "./schema.ts";

/** A place for packs. The local folder (`BACKUP_DIR`) is the first one; its configuration comes from the environment. */
export const destinations = lifeboat.table("destinations", {
  id: text("id").primaryKey(),
  type: text("type").$type<"local">().notNull(),
  name: text("name").notNull(),
  config: jsonb("config").$type<{ path: string }>().notNull(),
  createdAt: instantColumn("created_at").notNull(),
});
