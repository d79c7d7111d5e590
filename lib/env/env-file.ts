import { existsSync } from "node:fs";
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
 * The environment of web and worker: this process's own with `extra` on top. What only the start needs stays out: the first
 * admin's password and the bootstrap token are nobody else's business.
 */
export function childEnvironment(
  extra: Readonly<Record<string, string>>,
  source: Record<string, string | undefined> = process.env,
): Record<string, string | undefined> {
  const { LIFEBOAT_ADMIN_EMAIL: _email, LIFEBOAT_ADMIN_PASSWORD: _password, LIFEBOAT_BOOTSTRAP_TOKEN: _token, ...rest } = source;
  return { ...rest, ...extra };
}
