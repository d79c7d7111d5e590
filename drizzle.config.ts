import { defineConfig } from "drizzle-kit";

/** Only `drizzle-kit generate` reads this; migrations are applied by `lib/db/migrate.ts`. */
export default defineConfig({
  dialect: "postgresql",
  schema: "./lib/db/schema/*.ts",
  out: "./drizzle",
  schemaFilter: ["lifeboat"],
});
