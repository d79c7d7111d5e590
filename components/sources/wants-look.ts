import type { SourceDto } from "#lib/contracts/sources";
import type { StatusKey } from "../status/status-record.tsx";

/** What a row says about a source's drills beside the last proof; null where nothing is to be done. The worst first. */
export function wantsLook(drill: SourceDto["drill"]): Extract<StatusKey, `due.${string}` | "verdict.failed"> | null {
  if (drill === null) return null;
  if (drill.due === "running") return "due.running";
  if (drill.due === "overdue") return "due.overdue";
  if (drill.lastVerdict === "failed") return "verdict.failed";
  return drill.due === "due" ? "due.due" : null;
}
