import type { RestoreDraft } from "./restore-draft.ts";
import { suggestFile, suggestName } from "./suggest-name.ts";

/** The target that a draft means now: what would be replaced, or be made new. */
function targetOf(draft: RestoreDraft): string {
  if (draft.path !== null) return draft.path;
  return draft.mode === "replace" ? (draft.replaced ?? draft.database) : draft.database;
}

/** True for a draft that goes into a fresh copy named as a rehearsal. */
export function isRehearsal(draft: RestoreDraft): boolean {
  return draft.mode === "new" && /_drill_\d{8}(_\d+)?(\.\w+)?$/.test(targetOf(draft));
}

/**
 * The same restore into a fresh copy named `<name>_drill_<date>`, everything of it, so that it shows what the real one would do. `original`
 * is the database or file that the copy is named after, `today` an instant.
 */
export function rehearsalOf(draft: RestoreDraft, original: string, today: string, existing: readonly string[]): RestoreDraft {
  const fresh = { ...draft, mode: "new", content: "all", chosen: null, ignoreOpenFile: false } as const;
  return draft.path === null
    ? { ...fresh, database: suggestName(original, today, existing, "drill") }
    : { ...fresh, path: suggestFile(original, today, "drill") };
}
