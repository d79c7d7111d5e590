import { index, text } from "drizzle-orm/pg-core";
import { drillReports } from "./drill-reports.ts";
import { instantColumn, lifeboat } from "./schema.ts";

/** Corrections of a report; append-only like the reports themselves. */
export const reportNotes = lifeboat.table(
  "report_notes",
  {
    id: text("id").primaryKey(),
    reportId: text("report_id")
      .notNull()
      .references(() => drillReports.id),
    text: text("text").notNull(),
    authorId: text("author_id"),
    authorName: text("author_name").notNull(),
    createdAt: instantColumn("created_at").notNull(),
  },
  (table) => [index("report_notes_report_idx").on(table.reportId, table.createdAt)],
);
