import { bigint, primaryKey, text } from "drizzle-orm/pg-core";
import { runs } from "./runs.ts";
import { instantColumn, lifeboat } from "./schema.ts";

/** The run's log, bounded per run and per line by its writer. */
export const runLog = lifeboat.table(
  "run_log",
  {
    runId: text("run_id")
      .notNull()
      .references(() => runs.id, { onDelete: "cascade" }),
    seq: bigint("seq", { mode: "number" }).notNull(),
    at: instantColumn("at").notNull(),
    level: text("level").$type<"info" | "warning" | "error">().notNull(),
    text: text("text").notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.seq] })],
);
