import { bigint, text } from "drizzle-orm/pg-core";
import type { ReplacementDto, ReplacePlanDto } from "../../contracts/restores.ts";
import { restores } from "./restores.ts";
import { instantColumn, lifeboat } from "./schema.ts";

/**
 * The replacing part of a restore in mode `replace`. Names and object ids stand here before the first rename: after a crash the
 * database that carries `database`'s name on the server, told by its object id, says what has happened.
 */
export const replacements = lifeboat.table("replacements", {
  restoreId: text("restore_id")
    .primaryKey()
    .references(() => restores.id, { onDelete: "cascade" }),
  strategy: text("strategy").$type<ReplacePlanDto["strategy"]>(),
  answers: text("answers").$type<ReplacementDto["answers"]>().notNull().default("old"),
  safetyRunId: text("safety_run_id").notNull(),
  /** Where the copy is loaded before it gets the name. */
  siblingName: text("sibling_name"),
  keptName: text("kept_name"),
  restoredName: text("restored_name"),
  /** Which PostgreSQL the object ids are of: another one behind the same address counts its own. Null where the role may not ask. */
  clusterId: text("cluster_id"),
  oldOid: bigint("old_oid", { mode: "number" }),
  newOid: bigint("new_oid", { mode: "number" }),
  followUpRunId: text("follow_up_run_id"),
  replacedAt: instantColumn("replaced_at"),
  undoneAt: instantColumn("undone_at"),
  cleanedAt: instantColumn("cleaned_at"),
});
