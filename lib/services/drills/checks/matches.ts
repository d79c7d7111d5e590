import { Script } from "node:vm";

/** Milliseconds that a pattern may think; a body has at most 256 KiB. */
const patienceMs = 500;

/**
 * Whether a body matches a regular expression that somebody wrote; null when that is not told in time: some patterns take longer than the sun
 * will shine, and a worker has one thread. An empty pattern matches. Throws a `SyntaxError` for what is no pattern.
 */
export function matches(body: string, pattern: string): boolean | null {
  if (pattern === "") return true;
  const expression = new RegExp(pattern, "u");
  try {
    return new Script("expression.test(body)").runInNewContext({ expression, body }, { timeout: patienceMs }) === true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return null;
    throw error;
  }
}
