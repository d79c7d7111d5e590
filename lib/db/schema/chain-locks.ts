import { index, primaryKey, text } from "drizzle-orm/pg-core";
import { chains } from "./chains.ts";
import { instantColumn, lifeboat } from "./schema.ts";

/** Shared holders (backup, verify, restore, download) exclude the exclusive one (delete, prune); each holds it by a lease. */
export const chainLocks = lifeboat.table(
  "chain_locks",
  {
    chainId: text("chain_id")
      .notNull()
      .references(() => chains.id, { onDelete: "cascade" }),
    /** A run's id, or the id of a download's request. */
    holder: text("holder").notNull(),
    mode: text("mode").$type<"shared" | "exclusive">().notNull(),
    leaseExpiresAt: instantColumn("lease_expires_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.chainId, table.holder] }), index("chain_locks_expiry_idx").on(table.leaseExpiresAt)],
);
