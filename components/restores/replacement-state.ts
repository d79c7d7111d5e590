import type { RestoreDetailDto } from "#lib/contracts/restores";
import { isActive } from "#lib/domain/run-state";

/** Where a replacement stands, for people: which database answers under the name, and how it came to that. Keys below `restores.replacement.state`. */
export type ReplacementState =
  | "waiting"
  | "working"
  | "in-place-working"
  | "old-failed"
  | "old-cancelled"
  | "new"
  | "new-interrupted"
  | "undoing"
  | "undone"
  | "unsettled"
  | "in-place-new"
  | "in-place-interrupted"
  | "in-place-differs";

export type ReplacementLook = { readonly tone: "good" | "info" | "warn" | "bad" };

/** One tone for each, so that no state is shown by accident like another. */
export const replacementLooks: Record<ReplacementState, ReplacementLook> = {
  waiting: { tone: "info" },
  working: { tone: "info" },
  "in-place-working": { tone: "info" },
  "old-failed": { tone: "bad" },
  "old-cancelled": { tone: "warn" },
  new: { tone: "good" },
  "new-interrupted": { tone: "warn" },
  undoing: { tone: "info" },
  undone: { tone: "good" },
  unsettled: { tone: "warn" },
  "in-place-new": { tone: "good" },
  "in-place-interrupted": { tone: "warn" },
  "in-place-differs": { tone: "bad" },
};

type Shown = Pick<RestoreDetailDto, "run" | "replacement" | "comparison">;

/** Null for a restore into a new database. */
export function replacementState({ run, replacement, comparison }: Shown): ReplacementState | null {
  if (replacement === null) return null;
  const { answers, followUp, strategy } = replacement;
  if (isActive(run.state)) {
    if (run.state === "queued" && run.afterRunId !== null) return "waiting";
    return strategy === "in-place" ? "in-place-working" : "working";
  }
  if (followUp !== null && followUp.type === "undo-replace" && isActive(followUp.state)) return "undoing";
  switch (answers) {
    case "unsettled":
    case "undone":
      return answers;
    case "old":
      return run.state === "cancelled" ? "old-cancelled" : "old-failed";
    case "new":
      if (strategy === "in-place") {
        if (run.state === "succeeded") return "in-place-new";
        // A run that was cut off after its transaction may not have compared anything.
        return comparison !== null && comparison.different > 0 ? "in-place-differs" : "in-place-interrupted";
      }
      return run.state === "succeeded" ? "new" : "new-interrupted";
  }
}

/** Name of the database that is kept beside the one that answers, and can be removed; null when there is none. */
export function keptBeside({ replacement }: Pick<RestoreDetailDto, "replacement">): string | null {
  if (replacement === null || replacement.cleanedAt !== null) return null;
  return replacement.answers === "undone" ? replacement.restoredName : replacement.answers === "new" ? replacement.keptName : null;
}
