import { existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { EnvError } from "./env.ts";

/** Reads a `.env` file into the environment, if there is one; what the environment already holds wins. Throws `EnvError`. */
export function loadEnvFile(path: string): void {
  if (!existsSync(path)) return;
  try {
    process.loadEnvFile(path);
  } catch (cause) {
    throw new EnvError(`${path} cannot be read: ${(cause as Error).message}`);
  }
}

/**
 * The environment with what a `.env` file adds to it, as an object of its own: the process's environment, and so that of programs that it
 * starts, is left alone. What the environment already holds wins. Throws `EnvError`.
 */
export function withEnvFile(
  path: string,
  source: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string | undefined> {
  if (!existsSync(path)) return { ...source };
  try {
    return { ...parseEnv(readFileSync(path, "utf8")), ...source };
  } catch (cause) {
    throw new EnvError(`${path} cannot be read: ${(cause as Error).message}`);
  }
}

/** What only the start needs: the first admin and the bootstrap token are nobody else's business, and `DATABASE_URL` is complete by then. */
const onlyForTheStart = new Set([
  "LIFEBOAT_ADMIN_EMAIL",
  "LIFEBOAT_ADMIN_PASSWORD",
  "LIFEBOAT_ADMIN_PASSWORD_FILE",
  "LIFEBOAT_BOOTSTRAP_TOKEN",
  "LIFEBOAT_BOOTSTRAP_TOKEN_FILE",
  "DATABASE_URL_FILE",
  "DATABASE_PASSWORD",
  "DATABASE_PASSWORD_FILE",
]);

/** The environment of web and worker: this process's own with `extra` on top, less what only the start needs. */
export function childEnvironment(
  extra: Readonly<Record<string, string>>,
  source: Record<string, string | undefined> = process.env,
): Record<string, string | undefined> {
  const kept = Object.entries(source).filter(([name]) => !onlyForTheStart.has(name));
  return { ...Object.fromEntries(kept), ...extra };
}
