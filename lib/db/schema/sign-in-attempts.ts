import { integer, text } from "drizzle-orm/pg-core";
import { instantColumn, lifeboat } from "./schema.ts";

/** Failed sign-ins per key: `account:<sha256 of the lowered e-mail>` or `address:<socket address>`. */
export const signInAttempts = lifeboat.table("sign_in_attempts", {
  key: text("key").primaryKey(),
  failures: integer("failures").notNull(),
  lastFailureAt: instantColumn("last_failure_at").notNull(),
  blockedUntil: instantColumn("blocked_until"),
});
