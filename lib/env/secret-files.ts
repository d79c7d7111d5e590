import { readFileSync } from "node:fs";

/** Variables whose value may stand in a file instead, named by `<variable>_FILE`: how containers and systemd hand secrets over. */
const variables = ["DATABASE_URL", "DATABASE_PASSWORD", "LIFEBOAT_KEY", "LIFEBOAT_ADMIN_PASSWORD", "LIFEBOAT_BOOTSTRAP_TOKEN"] as const;

/**
 * Adds the values that stand in files, without the white space around them. Problems name variables and paths, never a value.
 */
export function readSecretFiles(source: Readonly<Record<string, string | undefined>>): {
  values: Record<string, string | undefined>;
  problems: string[];
} {
  const values = { ...source };
  const problems: string[] = [];
  for (const name of variables) {
    const path = source[`${name}_FILE`];
    if (path === undefined || path === "") continue;
    if (source[name] !== undefined && source[name] !== "") {
      problems.push(`${name}_FILE: ${name} is set too; choose one of them`);
      continue;
    }
    try {
      values[name] = readFileSync(path, "utf8").trim();
      if (values[name] === "") problems.push(`${name}_FILE: ${path} is empty`);
    } catch (error) {
      problems.push(`${name}_FILE: ${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
    }
  }
  return { values, problems };
}
