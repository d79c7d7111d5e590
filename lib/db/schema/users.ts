import { sql } from "drizzle-orm";
import { integer, text, uniqueIndex } from "drizzle-orm/pg-core";
import type { Role } from "../../domain/permissions.ts";
import { instantColumn, lifeboat } from "./schema.ts";

export const users = lifeboat.table(
  "users",
  {
    id: text("id").primaryKey(),
    email: text("email").notNull(),
    name: text("name").notNull(),
    role: text("role").$type<Role>().notNull(),
    /** `argon2id$v=19$m=…,t=…,p=…$salt$hash`, base64. Null while an invitation waits. */
    passwordHash: text("password_hash"),
    locale: text("locale").$type<"en" | "es">(),
    timeZone: text("time_zone"),
    theme: text("theme").$type<"system" | "light" | "dark">().notNull().default("system"),
    disabledAt: instantColumn("disabled_at"),
    version: integer("version").notNull().default(1),
    createdAt: instantColumn("created_at").notNull(),
    updatedAt: instantColumn("updated_at").notNull(),
  },
  (table) => [uniqueIndex("users_email_key").on(sql`lower(${table.email})`)],
);
