import type { Reason } from "./error.ts";

/** What the catalogue knows of a replacement; the columns of its row. */
export type ReplacementState = {
  readonly strategy: "swap" | "in-place" | null;
  readonly answers: "old" | "new" | "undone" | "unsettled";
  readonly keptName: string | null;
  readonly restoredName: string | null;
  readonly oldOid: number | null;
  readonly newOid: number | null;
  readonly replacedAt: Date | null;
  readonly undoneAt: Date | null;
  readonly cleanedAt: Date | null;
};

/** What else concerns the name: a run that works on it now, and a later replacement that has it. */
export type ReplacementSurroundings = {
  readonly activeRun: { readonly id: string; readonly type: string } | null;
  readonly hasLater: boolean;
  /** Nobody has a password for it any more. */
  readonly isServerRemoved: boolean;
};

/** A database that is kept beside the one that answers: the old one after a swap, the restored one after its undo. */
export function keptDatabase(state: ReplacementState): { name: string; oid: number } | null {
  if (state.strategy !== "swap" || state.cleanedAt !== null) return null;
  const [name, oid] =
    state.answers === "new"
      ? [state.keptName, state.oldOid]
      : state.answers === "undone"
        ? [state.restoredName, state.newOid]
        : [null, null];
  return name === null || oid === null ? null : { name, oid };
}

/** Why a replacement cannot be undone; null: it can, as far as the catalogue knows. The server is asked again by the run. */
export function undoBlocker(state: ReplacementState, around: ReplacementSurroundings): Reason | null {
  const why = (word: string): Reason => ({ code: "replace-not-undoable", params: { why: word } });
  if (around.activeRun !== null) return { code: "run-active", params: { runId: around.activeRun.id, type: around.activeRun.type } };
  if (state.answers === "unsettled") return why("unsettled");
  if (state.answers === "undone") return why("undone");
  if (state.answers === "old") return why("untouched");
  if (state.strategy === "in-place") return why("inPlace");
  if (state.cleanedAt !== null) return why("cleaned");
  if (around.isServerRemoved) return why("serverRemoved");
  if (around.hasLater) return why("later");
  return keptDatabase(state) === null ? why("gone") : null;
}

/** Why there is nothing to remove; null: there is. */
export function cleanUpBlocker(
  state: ReplacementState,
  around: Pick<ReplacementSurroundings, "activeRun" | "isServerRemoved">,
): Reason | null {
  const why = (word: string): Reason => ({ code: "replace-not-cleanable", params: { why: word } });
  if (around.activeRun !== null) return { code: "run-active", params: { runId: around.activeRun.id, type: around.activeRun.type } };
  if (state.answers === "unsettled") return why("unsettled");
  if (state.answers === "old") return why("untouched");
  if (state.strategy === "in-place") return why("inPlace");
  if (keptDatabase(state) === null) return why("cleaned");
  return around.isServerRemoved ? why("serverRemoved") : null;
}

/** What is on the server, and what that means. `ids` are the object ids that the names carry now. */
export type FoundAnswer = "old" | "new" | "another";

/** Told by object id alone: whoever has the name answers, whatever a run believed before it ended. */
export function whoAnswers(state: Pick<ReplacementState, "oldOid" | "newOid">, oid: number | undefined): FoundAnswer {
  if (oid === undefined) return "another";
  if (state.newOid !== null && oid === state.newOid) return "new";
  return state.oldOid !== null && oid === state.oldOid ? "old" : "another";
}
