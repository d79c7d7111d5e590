import { LifeboatError } from "#lib/domain/error";
import type { ToolSet } from "./tool-choice.ts";

/**
 * The sets that may open what comes from elsewhere: those whose minor is not below the safe minimum of their major. Throws
 * `tool-below-safe-minimum` { tool, found, needed } when there are others but none of these, `tool-missing` when there is none.
 */
export function safeToolSets(sets: readonly ToolSet[], tool: "psql" | "pg_restore"): ToolSet[] {
  const complete = sets.filter((set) => set.tools.includes(tool));
  const safe = complete.filter((set) => set.safeMinimum !== null && !set.belowSafeMinimum);
  if (safe.length > 0) return safe;
  const [newest] = complete;
  if (newest === undefined) throw new LifeboatError("tool-missing", { tool, major: "any", install: "none" });
  throw new LifeboatError("tool-below-safe-minimum", { tool, found: newest.version, needed: newest.safeMinimum ?? "14.25" });
}
