import { readFile, stat } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { z } from "zod";

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, "must be lower-case letters, digits and hyphens, 60 at most");
const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be the name of a variable");
const directory = z.string().refine(isAbsolute, "must be an absolute path");
const started = {
  description: z.string().max(500).default(""),
  directory,
  environment: z.record(variable, z.string()).default({}),
  /** Gets the URL of the copy. */
  urlVariable: variable.default("DATABASE_URL"),
};
const words = z.array(z.string()).min(1, "must have the program as its first word");

const command = z.strictObject({ ...started, command: words, timeoutSeconds: z.number().int().min(1).max(86_400).default(300) });

export const migrationTools = ["alembic", "prisma", "drizzle", "knex", "flyway", "rails", "django"] as const;
const migrations = z.strictObject({ tool: z.enum(migrationTools), directory });
export type DeclaredMigrations = z.infer<typeof migrations>;

const application = z.strictObject({
  ...started,
  command: words,
  /** Gets the port that the application shall listen on, on 127.0.0.1. */
  portVariable: variable.default("PORT"),
  readyPath: z.string().startsWith("/").default("/"),
  readySeconds: z.number().int().min(1).max(3_600).default(60),
  migrations: migrations.optional(),
});

const declaredHooks = z.strictObject({
  commands: z.record(name, command).default({}),
  applications: z.record(name, application).default({}),
});
export type HooksFile = z.infer<typeof declaredHooks>;
export type DeclaredCommand = z.infer<typeof command>;
export type DeclaredApplication = z.infer<typeof application>;

/** What a host's file declares, and what is wrong with it; with a problem nothing of it counts. Never throws. */
export async function readHooksFile(path: string | null): Promise<{ readonly hooks: HooksFile; readonly problems: readonly string[] }> {
  const none = { commands: {}, applications: {} };
  if (path === null) return { hooks: none, problems: [] };
  const problem = (text: string) => ({ hooks: none, problems: [`${path}: ${text}`] });
  try {
    // What stands in it is run with this worker's rights.
    if (((await stat(path)).mode & 0o002) !== 0) return problem("everybody may write it; allow that to its owner alone (chmod o-w)");
    const parsed = declaredHooks.safeParse(JSON.parse(await readFile(path, "utf8")));
    if (parsed.success) return { hooks: parsed.data, problems: [] };
    return { hooks: none, problems: parsed.error.issues.map((issue) => `${path}: ${issue.path.join(".")}: ${issue.message}`) };
  } catch (error) {
    return problem((error as Error).message);
  }
}
