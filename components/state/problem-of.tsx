import type { Problem } from "#lib/contracts/common";
import { ProblemError } from "#lib/http/client";

/** The problem that an error of the typed client carries; null for what is not an answer of ours (a bug in the page). */
export function problemOf(error: unknown): Problem | null {
  return error instanceof ProblemError ? error.problem : null;
}

/** The first message per field of a refused request, by the field's path: `{ host: "…" }`. */
export function fieldErrors(error: unknown): Record<string, string> {
  const issues = problemOf(error)?.issues ?? [];
  const first: Record<string, string> = {};
  for (const { path, message } of issues) first[path.replace(/^body\./, "")] ??= message;
  return first;
}
