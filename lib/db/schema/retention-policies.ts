import { sql } from "drizzle-orm";
import { boolean, integer, jsonb, text, uniqueIndex } from "drizzle-orm/pg-core";
import type { RetentionRule } from "../../domain/retention-rule.ts";
import { instantColumn, lifeboat } from "./schema.ts";

/** Named rules of what is kept; shared by sources. */
export const retentionPolicies = lifeboat.table(
  "retention_policies",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    rule: jsonb("rule").$type<RetentionRule>().notNull(),
    graceDays: integer("grace_days").notNull().default(3),
    afterBackup: boolean("after_backup").notNull().default(false),
    builtIn: boolean("built_in").notNull().default(false),
    isDefault: boolean("is_default").notNull().default(false),
    version: integer("version").notNull().default(1),
    createdAt: instantColumn("created_at").notNull(),
    updatedAt: instantColumn("updated_at").notNull(),
  },
  (table) => [
    uniqueIndex("retention_policies_name_key").on(sql`lower(${table.name})`),
    uniqueIndex("retention_policies_default_key")
      .on(table.isDefault)
      .where(sql`${table.isDefault}`),
  ],
);
