import { integer, jsonb, primaryKey, text } from "drizzle-orm/pg-core";
import type { StepCode } from "../../contracts/runs.ts";
import type { Params, Reason } from "../../domain/error.ts";
import type { StepState } from "../../domain/run-state.ts";
import { runs } from "./runs.ts";
import { instantColumn, lifeboat } from "./schema.ts";

export const runSteps = lifeboat.table(
  "run_steps",
  {
    runId: text("run_id")
      .notNull()
      .references(() => runs.id, { onDelete: "cascade" }),
    ordinal: integer("ordinal").notNull(),
    code: text("code").$type<StepCode>().notNull(),
    state: text("state").$type<StepState>().notNull(),
    startedAt: instantColumn("started_at"),
    finishedAt: instantColumn("finished_at"),
    facts: jsonb("facts").$type<Params>().notNull().default({}),
    error: jsonb("error").$type<Reason>(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.ordinal] })],
);
