import { integer, primaryKey, text } from "drizzle-orm/pg-core";
import { drillPlans } from "./drill-plans.ts";
import { instantColumn, lifeboat } from "./schema.ts";

/** Every version of a plan's written playbook; rows are never changed. */
export const drillPlaybooks = lifeboat.table(
  "drill_playbooks",
  {
    planId: text("plan_id")
      .notNull()
      .references(() => drillPlans.id, { onDelete: "cascade" }),
    version: integer("version").notNull(),
    text: text("text").notNull(),
    authorName: text("author_name").notNull(),
    createdAt: instantColumn("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.planId, table.version] })],
);
