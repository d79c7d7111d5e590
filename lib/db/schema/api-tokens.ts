import { text } from "drizzle-orm/pg-core";
import type { Permission, Role } from "../../domain/permissions.ts";
import { instantColumn, lifeboat } from "./schema.ts";
import { users } from "./users.ts";

/** Bearer tokens; only their SHA-256 is stored. `scopes` null means everything that the role may do. */
export const apiTokens = lifeboat.table("api_tokens", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  tokenHash: text("token_hash").notNull().unique(),
  /** First characters of the token, to tell tokens apart. */
  hint: text("hint").notNull().default(""),
  role: text("role").$type<Role>().notNull(),
  scopes: text("scopes").array().$type<Permission[]>(),
  createdBy: text("created_by").references(() => users.id, { onDelete: "set null" }),
  createdAt: instantColumn("created_at").notNull(),
  expiresAt: instantColumn("expires_at"),
  lastUsedAt: instantColumn("last_used_at"),
  lastUsedAddress: text("last_used_address"),
  revokedAt: instantColumn("revoked_at"),
});
