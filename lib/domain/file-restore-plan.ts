import type { Reason } from "./error.ts";
import { fits, neededBytes } from "./space.ts";

/** What stands where a file is to go. */
export type FileTargetState = {
  readonly path: string;
  readonly exists: boolean;
  /** Processes that have it open for writing; null where that cannot be known. */
  readonly openBy: number | null;
  readonly freeBytes: number;
  /** What SQLite would apply to a new file of that name. */
  readonly leftovers: readonly string[];
};

export type FileRestoreOrder = { readonly mode: "new" | "replace"; readonly ignoreOpenFile: boolean; readonly streamBytes: number };

/** What stops a restore into a file, and what is to be known about it. The new file lies whole beside the old one before it takes its name. */
export function planFileRestore(target: FileTargetState, order: FileRestoreOrder): { blockers: Reason[]; warnings: Reason[] } {
  const { path, exists, openBy, freeBytes } = target;
  const blockers: Reason[] = [];
  const warnings: Reason[] = [];
  const [leftover] = target.leftovers;
  if (order.mode === "new" && exists) blockers.push({ code: "file-exists", params: { path } });
  if (order.mode === "new" && !exists && leftover !== undefined) blockers.push({ code: "file-exists", params: { path: leftover } });
  if (order.mode === "replace" && !exists) blockers.push({ code: "file-missing", params: { path } });
  if (order.mode === "replace" && exists) {
    const inUse: Reason | null = openBy !== null && openBy > 0 ? { code: "file-in-use", params: { path, count: openBy } } : null;
    if (inUse !== null) (order.ignoreOpenFile ? warnings : blockers).push(inUse);
    if (openBy === null) warnings.push({ code: "file-use-unknown", params: { path } });
  }
  if (!fits(order.streamBytes, { freeBytes })) {
    blockers.push({ code: "no-space", params: { path, freeBytes, neededBytes: neededBytes(order.streamBytes) } });
  }
  return { blockers, warnings };
}
