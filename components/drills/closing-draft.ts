import { z } from "zod";
import { drillVerdicts } from "#lib/domain/drill-state";

/** What somebody has written for the closing so far; it stays in this browser until the drill is closed. */
const closingDraft = z.object({
  /** Null: the best that is allowed. */
  verdict: z.enum(drillVerdicts).nullable(),
  findings: z.array(z.object({ text: z.string(), action: z.string() })),
  improvement: z.string(),
  /** Null: the playbook stays as it is. */
  playbook: z.string().nullable(),
});
export type ClosingDraft = z.infer<typeof closingDraft>;

export const emptyDraft: ClosingDraft = { verdict: null, findings: [], improvement: "", playbook: null };

const keyOf = (drillId: string): string => `lifeboat-closing-${drillId}`;
type Keep = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** The draft that was kept of a drill; an empty one where there is none that can be read. */
export function readDraft(keep: Keep, drillId: string): ClosingDraft {
  try {
    return closingDraft.parse(JSON.parse(keep.getItem(keyOf(drillId)) ?? ""));
  } catch {
    return emptyDraft;
  }
}

/** Keeps a draft; a browser that keeps nothing loses no more than the draft. */
export function writeDraft(keep: Keep, drillId: string, draft: ClosingDraft | null): void {
  try {
    if (draft === null) keep.removeItem(keyOf(drillId));
    else keep.setItem(keyOf(drillId), JSON.stringify(draft));
  } catch {
    // Full or forbidden: what is typed still stands in the form.
  }
}

/** Findings that say something, as the API takes them. */
export function writtenFindings(findings: ClosingDraft["findings"]): ClosingDraft["findings"] {
  return findings.map(({ text, action }) => ({ text: text.trim(), action: action.trim() })).filter(({ text }) => text !== "");
}
